import { assert, assertEquals } from "@std/assert";
import { activityOf } from "../../../src/codec/plan/picture_activity.ts";
import { randomSource } from "../../random.ts";

/** Grey levels, and what is added to red. */
function pictureOf(levelAt: (x: number, y: number) => number, redder = (_x: number) => 0) {
  const width = 65, height = 34, data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, level = levelAt(x, Math.floor(i / width));
    data.set([level + redder(x), level, level, 255], 4 * i);
  }
  return { data, width, height };
}

Deno.test("activityOf() of one colour is that of no differences", () => {
  assertEquals(activityOf(pictureOf(() => 90)), [-2, 0, -2, 0, -2, 0, -2]);
});

Deno.test("activityOf() of a slope doubles from scale to scale, and no difference is rare", () => {
  const [whole, rare, half, , quarter, , colours] = activityOf(pictureOf((x) => 2 * x));
  assertEquals([whole, half, quarter], [Math.log2(2.25), Math.log2(4.25), Math.log2(8.25)]);
  assert(Math.abs(rare) < 1e-9 && colours === -2, `${rare}, ${colours}`);
});

Deno.test("activityOf() tells noise, rare edges and colours apart", () => {
  const next = randomSource(4);
  const noise = activityOf(pictureOf(() => 128 + 60 * (next() - 0.5)));
  const edge = activityOf(pictureOf((x) => x < 31 ? 40 : 200));
  const colour = activityOf(pictureOf(() => 128, (x) => x % 8 < 4 ? 0 : 60));
  assert(noise[0] > noise[2] && noise[2] > noise[4], `${noise}`);
  assert(edge[1] > 2 && noise[1] < 0.5, `${edge} and ${noise}`);
  assert(colour[6] > 2 && noise[6] === -2, `${colour}`);
});
