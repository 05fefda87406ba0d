import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../src/web/page/turns.ts";

Deno.test("requests take turns by their numbers, and those that are aborted leave the queue", async () => {
  const turns = new Turns(1), { signal } = new AbortController(), gone = new AbortController();
  const end = await turns.take(1, signal), begun: number[] = [];
  const enter = async (number: number) => {
    const end = await turns.take(number, signal);
    begun.push(number);
    await new Promise((resolve) => setTimeout(resolve));
    end();
  };
  const aborted = assertRejects(() => turns.take(2, gone.signal), Error, "gone");
  const others = [5, 3, 4].map(enter);
  gone.abort(new Error("gone"));
  await aborted;
  assertEquals(begun, []);
  end();
  end(); // frees nothing more
  await Promise.all(others);
  assertEquals(begun, [3, 4, 5]);
  (await turns.take(6, signal))();
});
