import "../../src/kernels/cpu/all_kernels.ts";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import { CpuArena, pyramidLayout } from "../../src/core/mod.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { waveletInverse, waveletInverseAdjoint } from "../../src/kernels/cpu/wavelet.ts";
import {
  checkWaveletDtype,
  haloCoefficients,
  isReversible,
  synthesisNorm,
  type Wavelet,
  waveletNamed,
  WAVELETS,
} from "../../src/wavelets/mod.ts";
import { AWKWARD_SIZES, randomFloats } from "../random.ts";

/** Samples of a line that one coefficient adds to; `at` counts low ones first. */
function impulse(wavelet: Wavelet, count: number, at: number): Float32Array {
  const layout = pyramidLayout(wavelet.name, 1, { channels: 1, width: count, height: 1 });
  const source = new Float32Array(count), target = new Float32Array(count);
  source[at] = 1;
  waveletInverse(source, target, layout);
  return target;
}

Deno.test("wavelets have different numbers and names, which four bits of a header hold", () => {
  assertEquals(new Set(WAVELETS.map(({ id }) => id)).size, WAVELETS.length);
  assertEquals(new Set(WAVELETS.map(({ name }) => name)).size, WAVELETS.length);
  for (const { id, steps } of WAVELETS) {
    assert(Number.isInteger(id) && id >= 0 && id < 8);
    assert(steps.length === 2 || steps.length === 4, "the WGSL tile has room for two pairs of steps");
  }
});

Deno.test("waveletNamed() refuses an unknown name and lists the known ones", () => {
  assertThrows(() => waveletNamed("cdf22"), InvalidValueError, "cdf53, haar, cdf97");
});

for (const wavelet of WAVELETS) {
  const { name, synthesis } = wavelet;

  Deno.test(`${name}: the synthesis filters are what its lifting steps give`, () => {
    const count = 64;
    for (const kind of ["low", "high"] as const) {
      const samples = impulse(wavelet, count, (kind === "low" ? 0 : count / 2) + 16);
      const first = samples.findIndex((value) => Math.abs(value) > 1e-7);
      const filter = [...samples.slice(first, first + synthesis[kind].length)];
      filter.forEach((value, i) => assertAlmostEquals(value, synthesis[kind][i], 1e-6));
      assertEquals(samples.filter((value) => Math.abs(value) > 1e-7).length, synthesis[kind].length);
    }
  });

  Deno.test(`${name}: coefficients beyond the halo do not reach a window's samples`, () => {
    const levels = 3, unit = 2 ** levels, count = 40 * unit, halo = haloCoefficients(wavelet);
    const layout = pyramidLayout(name, levels, { channels: 1, width: count, height: 1 });
    const window = { from: 16 * unit, to: 24 * unit };
    for (const band of layout.bands) {
      const step = 2 ** band.level;
      for (let x = 0; x < band.width * band.height; x++) {
        const coarse = Math.floor(x * step / unit);
        if (coarse >= window.from / unit - halo && coarse < window.to / unit + halo) continue;
        const source = new Float32Array(count), target = new Float32Array(count);
        source[band.offset + x] = 1;
        waveletInverse(source, target, layout);
        assertEquals(target.slice(window.from, window.to).every((value) => value === 0), true, `${x}`);
      }
    }
  });

  Deno.test(`${name}: synthesisNorm() is the norm of what one coefficient adds to the picture`, () => {
    const size = 128;
    const layout = pyramidLayout(name, 3, { channels: 1, width: size, height: size });
    for (const band of layout.bands) {
      const arena = new CpuArena(2 ** 18);
      const source = arena.allocate([layout.coefficientCount], "f32");
      const target = arena.allocate([1, size, size], "f32");
      arena.view(source)[band.offset + (band.height >> 1) * band.width + (band.width >> 1)] = 1;
      new CpuKernels(arena).waveletInverse(source, target, layout);
      const norm = synthesisNorm(wavelet, band.level, band.orientation);
      assertAlmostEquals(Math.hypot(...arena.view(target)), norm, 1e-5);
    }
  });

  Deno.test(`${name}: the adjoint is the transpose of the inverse, at any size and depth`, () => {
    for (const [width, height] of AWKWARD_SIZES) {
      for (const levels of [0, 1, 3]) {
        const layout = pyramidLayout(name, levels, { channels: 2, width, height });
        const count = layout.coefficientCount;
        const coefficients = randomFloats(count, 1, 7), weights = randomFloats(count, 1, 8);
        const samples = new Float32Array(count), weighed = new Float32Array(count);
        waveletInverse(coefficients, samples, layout);
        waveletInverseAdjoint(weights, weighed, layout);
        const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
        const [forth, back] = [dot(samples, weights), dot(coefficients, weighed)];
        assertAlmostEquals(forth, back, 1e-5 * count, `${width}×${height}, ${levels} levels`);
      }
    }
  });

  Deno.test(`${name}: integers are ${isReversible(wavelet) ? "accepted" : "refused"}`, () => {
    if (isReversible(wavelet)) checkWaveletDtype(wavelet, "i32");
    else assertThrows(() => checkWaveletDtype(wavelet, "i32"), InvalidValueError, "Use cdf53 or haar");
  });
}
