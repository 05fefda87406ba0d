import { assertEquals, assertRejects } from "@std/assert";
import { Batcher } from "../../../src/codec/run/batcher.ts";

/** Does work in turns, one after the other; tells of each turn that had something to do. */
function turns(fails: (works: readonly string[]) => boolean = () => false) {
  const done: (readonly string[])[] = [], gathered = new Batcher<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  const turn = (take: () => readonly string[]) => {
    const result = last.then(() => {
      const works = take();
      if (works.length > 0) done.push(works);
      if (fails(works)) throw new Error(works.join());
      return works.map((work) => work.toUpperCase());
    });
    last = result.catch(() => {});
    return result;
  };
  return { done, add: (work: string, most = 3) => gathered.add(work, work[0], most, turn) };
}

Deno.test("what waits and is alike is done together, in the order it came, and each gets its own result", async () => {
  const { done, add } = turns();
  const results = await Promise.all(["a1", "b1", "a2", "a3", "a4", "b2"].map((work) => add(work)));
  assertEquals(done, [["a1", "a2", "a3"], ["b1", "b2"], ["a4"]]);
  assertEquals(results, ["A1", "B1", "A2", "A3", "A4", "B2"]);
});

Deno.test("work that fails takes down what was done with it, and nothing else", async () => {
  const { add } = turns((works) => works.includes("b1"));
  const [a, b, c, d] = ["a1", "b1", "b2", "b3"].map((work) => add(work, 2));
  assertEquals(await a, "A1");
  await assertRejects(() => b, Error, "b1,b2");
  await assertRejects(() => c, Error, "b1,b2");
  assertEquals(await d, "B3");
});
