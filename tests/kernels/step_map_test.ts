import { assertAlmostEquals, assertEquals } from "@std/assert";
import { pyramidLayout } from "../../src/core/mod.ts";
import { scaleByMap, stepMapOf } from "../../src/kernels/cpu/step_map.ts";
import { randomSource } from "../random.ts";

function halfBusy(width: number, height: number) {
  const next = randomSource(5), data = new Uint8ClampedArray(4 * width * height).fill(120);
  for (let i = 0; i < data.length; i += 4) {
    if ((i >> 2) % width >= width / 2) data.fill(next() * 256, i, i + 3);
  }
  return { data, width, height };
}

Deno.test("stepMapOf() makes steps finer where a picture is flat and coarser where it is busy", () => {
  const { columns, rows, exponents } = stepMapOf(halfBusy(128, 70));
  assertEquals([columns, rows, exponents.length], [4, 3, 12]);
  for (let row = 0; row < rows; row++) {
    const [a, b, c, d] = exponents.subarray(4 * row);
    assertEquals(a === b && Math.abs(c - d) <= 1 && a < 0 && c > 0, true, `${exponents}`);
  }
});

Deno.test("stepMapOf() leaves the steps of a picture alone that is alike everywhere", () => {
  for (const [width, height] of [[1, 1], [200, 33]]) {
    const data = new Uint8ClampedArray(4 * width * height).fill(77);
    assertEquals(stepMapOf({ data, width, height }).exponents.every((exponent) => exponent === 0), true);
  }
});

Deno.test("scaleByMap() is undone by its inverse, and leaves LL as it was", () => {
  const next = randomSource(9), layout = pyramidLayout("cdf97", 5, { channels: 3, width: 101, height: 67 });
  const values = Float32Array.from({ length: layout.coefficientCount }, () => next() - 0.5);
  const map = { columns: 4, rows: 3, exponents: Int8Array.from({ length: 12 }, () => next() * 17 - 8) };
  const scaled = values.slice();
  scaleByMap(scaled, layout, { x: 0, y: 0 }, map, "divide");
  const { offset, width, height } = layout.bands[3]; // of level 5, channel 0: 3 bands of LL come before
  assertEquals(scaled.subarray(0, offset), values.subarray(0, offset));
  assertEquals(
    scaled.subarray(offset, offset + width * height).some((v, i) => v !== values[offset + i]),
    true,
  );
  scaleByMap(scaled, layout, { x: 0, y: 0 }, map, "multiply");
  scaled.forEach((value, i) => assertAlmostEquals(value, values[i], 1e-6));
});

Deno.test("scaleByMap() gives a window of a pyramid what the whole picture gives it", () => {
  const map = { columns: 4, rows: 1, exponents: Int8Array.of(-8, 0, 8, 3) };
  const ones = (width: number) => {
    const layout = pyramidLayout("cdf97", 2, { channels: 1, width, height: 32 });
    return { layout, values: new Float32Array(layout.coefficientCount).fill(1) };
  };
  const whole = ones(128), window = ones(64);
  scaleByMap(whole.values, whole.layout, { x: 0, y: 0 }, map, "multiply");
  scaleByMap(window.values, window.layout, { x: 64, y: 0 }, map, "multiply");
  for (const [index, band] of window.layout.bands.entries()) {
    const among = whole.layout.bands[index], start = 64 / 2 ** band.level;
    for (let y = 0; y < band.height; y++) {
      const from = among.offset + y * among.width + start, to = band.offset + y * band.width;
      assertEquals(
        window.values.subarray(to, to + band.width),
        whole.values.subarray(from, from + band.width),
      );
    }
  }
});
