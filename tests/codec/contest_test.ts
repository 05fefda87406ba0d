import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { compress, decompress, inspect, InvalidValueError, msSsim } from "../../mod.ts";
import { bestOf } from "../../src/codec/contest.ts";
import { rivalsForTarget } from "../../src/codec/model_choice.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const unreachable = () => Promise.reject(new InvalidValueError("rate-unreachable", "too small"));

Deno.test("the way of most merit wins, the earlier of equals", async () => {
  const ways = ["a", "bbb", "ccc", "dd"].map((file) => () => Promise.resolve(file));
  assertEquals(await bestOf(ways, (file) => file.length), "bbb");
});

Deno.test("ways that cannot reach the target drop out, and one left alone is not judged", async () => {
  const judge = () => {
    throw new Error("judged");
  };
  assertEquals(await bestOf([unreachable, () => Promise.resolve("file")], judge), "file");
  await assertRejects(() => bestOf([unreachable, unreachable], judge), InvalidValueError, "too small");
  const broken = new TypeError("broken");
  const thrown = await assertRejects(() => bestOf([() => Promise.reject(broken), unreachable], judge));
  assertStrictEquals(thrown, broken);
});

Deno.test("a model is tried beside the chosen one where their border is near, the pixels' stream never", async () => {
  const rivals = (value: number, name: string) => rivalsForTarget({ kind: "quality", value }, name, 1e5);
  assertEquals(await rivals(30, "vaerans-8"), []);
  assertEquals(await rivals(35, "vaerans-8"), ["vaerans-4"]);
  assertEquals(await rivals(55, "vaerans-4"), ["vaerans-8"]);
  assertEquals(await rivals(60, "vaerans-4"), []);
  assertEquals(await rivals(78, "vaerans-4"), []);
  assertEquals(await rivals(92, "pixels"), ["vaerans-4"]);
  assertEquals(await rivals(99, "pixels"), []);
  assertEquals(await rivalsForTarget({ kind: "bpp", value: 0.5 }, "pixels", 1e5), ["vaerans-4"]);
  assertEquals(await rivalsForTarget({ kind: "bpp", value: 0.9 }, "pixels", 1e5), []);
  assertEquals(await rivalsForTarget({ kind: "bytes", value: 12500 }, "pixels", 1e5), []);
  assertEquals(await rivalsForTarget({ kind: "ssim", value: 0.93 }, "vaerans-8", 1e5), ["vaerans-4"]);
  assertEquals(await rivalsForTarget({ kind: "psnr", value: 20 }, "vaerans-8", 1e5), []);
  assertEquals(await rivalsForTarget({ kind: "quality", value: 45 }, "vaerans-8", 1e8), []);
});

Deno.test("a quality near a border costs no more bytes than its own model's and looks no worse", async () => {
  const picture = syntheticPicture(192, 128);
  for (const [quality, model] of [[48, "vaerans-8"], [52, "vaerans-4"], [84, "pixels"]] as const) {
    const own = await compress(picture, { quality, model }), best = await compress(picture, { quality });
    const score = async (file: Uint8Array) => msSsim(picture, await decompress(file));
    assertEquals(best.length <= own.length, true, `${best.length} bytes, ${own.length} of ${model}`);
    assertEquals(await score(best) >= await score(own), true, `quality ${quality}`);
    assertEquals(inspect(best).quality, quality);
    assertEquals(
      await compress(picture, { quality, effort: 4 }),
      await compress(picture, { quality, model, effort: 4 }),
    );
  }
});
