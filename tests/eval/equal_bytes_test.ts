import { assertEquals } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import type { EvalCodec } from "../../src/eval/codecs.ts";
import { encodeWithin } from "../../src/eval/equal_bytes.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(8, 8);

/** A codec whose files have `sizeOf(setting)` bytes. */
function codecOf(sizeOf: (setting: number) => number) {
  const asked: number[] = [];
  const codec: EvalCodec = {
    name: "fake",
    encode: (_, setting) => {
      asked.push(setting);
      return Promise.resolve(new Uint8Array(sizeOf(setting)));
    },
    decode: () => Promise.resolve(picture),
  };
  return { codec, asked };
}

Deno.test("encodeWithin() finds the highest setting whose file fits", async () => {
  for (
    const sizeOf of [(s: number) => 10 * s, (s: number) => Math.round(50 * 1.05 ** s), (s: number) => s * s]
  ) {
    for (const limit of [60, 500, 4000, 1e6]) {
      const best = Array.from({ length: 100 }, (_, i) => i + 1).findLast((s) => sizeOf(s) <= limit) ?? 1;
      const { setting, file } = await encodeWithin(codecOf(sizeOf).codec, picture, limit);
      assertEquals([setting, file.length], [best, sizeOf(best)]);
    }
  }
});

Deno.test("encodeWithin() gives the smallest file when none fits", async () => {
  const { setting, file } = await encodeWithin(codecOf((s) => 1000 + s).codec, picture, 500);
  assertEquals([setting, file.length], [1, 1001]);
});

Deno.test("encodeWithin() begins between the sizes it knows", async () => {
  const { codec, asked } = codecOf((s) => 100 * s);
  const known = new Map([[40, 4000], [44, 4400]]);
  assertEquals((await encodeWithin(codec, picture, 4250, { known })).setting, 42);
  assertEquals(asked.every((setting) => setting > 40 && setting < 44), true, asked.join());
});

Deno.test("encodeWithin() leaves it to codecs that aim at bytes, and takes their smallest if that fails", async () => {
  const { codec } = codecOf((s) => 100 * s);
  const encodeTo = (_: unknown, bytes: number) =>
    bytes >= 200
      ? Promise.resolve(new Uint8Array(bytes - 7))
      : Promise.reject(new InvalidValueError("rate-unreachable", "too few"));
  const aiming: EvalCodec = { ...codec, encodeTo };
  assertEquals((await encodeWithin(aiming, picture, 300)).file.length, 293);
  assertEquals(await encodeWithin(aiming, picture, 90), { file: new Uint8Array(100), setting: 1 });
});
