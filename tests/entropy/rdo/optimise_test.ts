import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  DEFAULT_LAMBDA,
  encodeSections,
  EntropyError,
  optimiseCoefficients,
} from "../../../src/entropy/mod.ts";
import { SeededRandom } from "../_data.ts";

const bands = bandLayout({ width: 64, height: 48, channels: 2, levels: 3 });

/** Coefficient / step in 1/64: busy in the upper half of every band, almost silent below. */
function scaledPicture(seed: number): Int32Array {
  const random = new SeededRandom(seed);
  const scaled = new Int32Array(64 * 48 * 2);
  for (const band of bands) {
    const count = band.width * band.height;
    for (let i = 0; i < count; i++) {
      const unit = random.laplacian(i < count / 2 ? 96 : 90);
      scaled[band.offset + i] = unit * (i < count / 2 ? 3 : 2) + random.below(3) - 1;
    }
  }
  return scaled;
}

function measure(
  scaled: Int32Array,
  lambda: number,
  effort: number,
  coder: "context" | "subband" = "context",
): { bits: number; distortion: number } {
  const chosen = optimiseCoefficients(scaled, bands, { lambda, effort, coder });
  const bits = encodeSections(chosen, bands, { mode: coder }).reduce((sum, s) => sum + s.length * 8, 0);
  const distortion = scaled.reduce((sum, value, i) => sum + (value - 64 * chosen[i]) ** 2, 0);
  return { bits, distortion };
}

Deno.test("optimiseCoefficients() at effort 1 rounds to the nearest, halves away from zero", () => {
  const row = bandLayout({ width: 6, height: 1, channels: 1, levels: 0 });
  const scaled = Int32Array.of(31, 32, -32, -31, 95, 2 ** 31 - 1);
  const chosen = optimiseCoefficients(scaled, row, { lambda: 0, effort: 1 });
  assertEquals(chosen, Int32Array.of(0, 1, -1, 0, 1, 2 ** 25));
});

Deno.test("optimiseCoefficients() lowers distortion + lambda · bits against rounding", () => {
  const scaled = scaledPicture(3);
  for (const coder of ["context", "subband"] as const) {
    const cost = (effort: number): number => {
      const { bits, distortion } = measure(scaled, DEFAULT_LAMBDA, effort, coder);
      return distortion + DEFAULT_LAMBDA * bits;
    };
    const plain = cost(1);
    assert(cost(5) < plain * 0.985, `${coder}: ${cost(5)} of ${plain}`);
    assert(cost(8) < plain * 0.985, `${coder}: ${cost(8)} of ${plain}`);
  }
});

Deno.test("bitWeights make bits of a band dearer or cheaper", () => {
  const scaled = scaledPicture(5), lambda = 400;
  const choose = (bitWeights?: readonly number[]) =>
    optimiseCoefficients(scaled, bands, {
      lambda,
      effort: 5,
      coder: "subband",
      ...bitWeights && { bitWeights },
    });
  const nonZeros = (values: Int32Array, { offset, width, height }: typeof bands[0]) =>
    values.subarray(offset, offset + width * height).reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  const even = choose();
  assertEquals(choose(bands.map(() => 1)), even);
  const last = bands.length - 1, only = (weight: number) => bands.map((_, i) => i === last ? weight : 1);
  const [cheap, dear] = [choose(only(0.3)), choose(only(3))];
  assert(nonZeros(cheap, bands[last]) > nonZeros(even, bands[last]));
  assert(nonZeros(dear, bands[last]) < nonZeros(even, bands[last]));
  // Bands that are coded earlier do not know.
  const start = bands[last].offset;
  assertEquals(dear.subarray(0, start), even.subarray(0, start));
});

Deno.test("bitWeights that do not fit the bands or the coder are refused", () => {
  const scaled = scaledPicture(6), ones = bands.map(() => 1);
  for (
    const [coder, bitWeights] of [
      ["context", ones],
      ["subband", ones.slice(1)],
      ["subband", [0, ...ones.slice(1)]],
      ["subband", [Infinity, ...ones.slice(1)]],
    ] as const
  ) {
    const error = assertThrows(
      () => optimiseCoefficients(scaled, bands, { effort: 5, coder, bitWeights }),
      EntropyError,
    );
    assertEquals(error.code, "entropy-range");
  }
});

Deno.test("optimiseCoefficients() never moves a value by a step or more, nor across zero", () => {
  const scaled = scaledPicture(4);
  for (const effort of [1, 2, 5, 7]) {
    const chosen = optimiseCoefficients(scaled, bands, { lambda: DEFAULT_LAMBDA, effort });
    for (let i = 0; i < scaled.length; i++) {
      assert(Math.abs(64 * chosen[i]) <= Math.abs(scaled[i]) + 32, `${scaled[i]} became ${chosen[i]}`);
      assert(chosen[i] * scaled[i] >= 0, `${scaled[i]} became ${chosen[i]}`);
    }
  }
});

Deno.test("optimiseCoefficients() with lambda 0 rounds to the nearest at every model effort", () => {
  const scaled = scaledPicture(5).map((value) => value | 1); // no ties
  const nearest = optimiseCoefficients(scaled, bands, { lambda: 0, effort: 1 });
  assertEquals(optimiseCoefficients(scaled, bands, { lambda: 0, effort: 5 }), nearest);
  assertEquals(optimiseCoefficients(scaled, bands, { lambda: 0, effort: 9 }), nearest);
});

Deno.test("optimiseCoefficients() refuses options out of range and wrong sizes", () => {
  const scaled = new Int32Array(64 * 48 * 2);
  for (const [lambda, effort] of [[-1, 5], [0.5, 5], [70_000, 5], [1, 0], [1, 10], [NaN, 5]]) {
    const error = assertThrows(() => optimiseCoefficients(scaled, bands, { lambda, effort }), EntropyError);
    assertEquals(error.code, "entropy-range");
  }
  assertThrows(() => optimiseCoefficients(scaled.subarray(1), bands, { lambda: 1, effort: 5 }), EntropyError);
});
