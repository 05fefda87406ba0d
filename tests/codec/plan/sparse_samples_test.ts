import { assert, assertEquals } from "@std/assert";
import { sparseSamples } from "../../../src/codec/plan/sparse_samples.ts";
import { randomSource } from "../../random.ts";

const COLOUR = { isGrey: false, hasAlpha: false };

/** Smooth colours with grain, mapped sample by sample. */
function photograph(map: (sample: number) => number) {
  const random = randomSource(5), width = 200, height = 150;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    for (let channel = 0; channel < 3; channel++) {
      data[4 * i + channel] = map(Math.round(40 + x / 2 + y / (2 + channel) + 12 * random()));
    }
  }
  return { data, width, height };
}

Deno.test("values are listed where contrast was raised, and not where all values of the range occur", () => {
  const raised = sparseSamples(photograph((sample) => 1.4 * sample - 40), COLOUR);
  assertEquals(raised?.values.length, 3);
  assert(raised?.values.every((list) => list.every((value, i) => i === 0 || value > list[i - 1])));
  assertEquals(sparseSamples(photograph((sample) => sample), COLOUR), undefined);
  assertEquals(sparseSamples(photograph((sample) => sample / 2), COLOUR), undefined);
});

Deno.test("values are not listed where few pixels are new: drawings, icons, palettes", () => {
  const drawing = photograph((sample) => sample);
  for (let i = 0; i < drawing.data.length; i += 4) {
    const on = (i >> 2) % 37 < 5 && i % 11 < 9;
    drawing.data.set(on ? [10, 20, 200] : [255, 255, 255], i);
  }
  assertEquals(sparseSamples(drawing, COLOUR), undefined);
  const icon = { ...photograph((sample) => 3 * sample), width: 16, height: 16 };
  assertEquals(sparseSamples({ ...icon, data: icon.data.slice(0, 1024) }, COLOUR), undefined);
  const dithered = photograph((sample) => sample & 0xe0);
  assertEquals(sparseSamples(dithered, COLOUR), undefined);
});

Deno.test("grey pictures have one list, and alpha beside the colours one more", () => {
  const picture = photograph((sample) => 1.4 * sample - 40);
  for (let i = 0; i < picture.data.length; i += 4) picture.data.fill(picture.data[i], i, i + 4);
  assertEquals(sparseSamples(picture, { isGrey: true, hasAlpha: false })?.values.length, 1);
  assertEquals(sparseSamples(picture, { isGrey: true, hasAlpha: true })?.values.length, 2);
});
