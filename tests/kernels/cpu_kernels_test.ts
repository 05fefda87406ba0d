import "../../src/kernels/cpu/all_kernels.ts";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CpuArena, pyramidLayout } from "../../src/core/mod.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { isReversible, WAVELETS } from "../../src/wavelets/mod.ts";
import { AWKWARD_SIZES, randomFloats } from "../random.ts";

function setUp() {
  const arena = new CpuArena(2 ** 22);
  return { arena, kernels: new CpuKernels(arena) };
}

Deno.test("hadamard4() multiplies by the documented matrix", () => {
  const { arena, kernels } = setUp();
  const matrix = [[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]];
  const source = arena.allocate([4, 1, 1], "f32"), target = arena.allocate([4, 1, 1], "f32");
  for (let column = 0; column < 4; column++) {
    arena.view(source).fill(0)[column] = 1;
    kernels.hadamard4(source, target);
    assertEquals([...arena.view(target)], matrix.map((row) => row[column] / 2));
  }
});

Deno.test("hadamard4() twice gives the source within 1e-5 and keeps the energy", () => {
  const { arena, kernels } = setUp();
  for (const [width, height] of AWKWARD_SIZES) {
    const source = arena.allocate([4, height, width], "f32");
    const once = arena.allocate([4, height, width], "f32"), twice = arena.allocate([4, height, width], "f32");
    arena.write(source, randomFloats(source.elementCount, 10, width * 100 + height));
    kernels.hadamard4(source, once);
    kernels.hadamard4(once, twice);
    arena.view(twice).forEach((value, i) => assertAlmostEquals(value, arena.view(source)[i], 1e-5));
    const energy = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0);
    assertAlmostEquals(energy(arena.view(once)) / energy(arena.view(source)), 1, 1e-5);
  }
});

for (const description of WAVELETS) {
  const { name: wavelet, highScale } = description;
  const tolerance = highScale === 1 ? 1e-6 : 3e-6;
  Deno.test(`${wavelet} round-trips floats within ${tolerance} of their range at any size and depth`, () => {
    for (const [width, height] of AWKWARD_SIZES) {
      for (const levels of [0, 1, 2, 5, 10]) {
        const { arena, kernels } = setUp();
        const layout = pyramidLayout(wavelet, levels, { channels: 2, width, height });
        const source = arena.allocate([2, height, width], "f32"),
          back = arena.allocate([2, height, width], "f32");
        const packed = arena.allocate([layout.coefficientCount], "f32");
        arena.write(source, randomFloats(source.elementCount, 1, width + 100 * height + levels));
        kernels.waveletForward(source, packed, layout);
        kernels.waveletInverse(packed, back, layout);
        arena.view(back).forEach((value, i) => assertAlmostEquals(value, arena.view(source)[i], tolerance));
      }
    }
  });
  if (!isReversible(description)) continue; // not reversible

  Deno.test(`${wavelet} gives integers back exactly, also extreme ones`, () => {
    for (const [width, height] of AWKWARD_SIZES) {
      for (const range of [3, 255, 2 ** 24]) {
        const { arena, kernels } = setUp();
        const layout = pyramidLayout(wavelet, 4, { channels: 1, width, height });
        const source = arena.allocate([1, height, width], "i32"),
          back = arena.allocate([1, height, width], "i32");
        const packed = arena.allocate([layout.coefficientCount], "i32");
        arena.write(
          source,
          Int32Array.from(randomFloats(source.elementCount, range, width * height), Math.round),
        );
        kernels.waveletForward(source, packed, layout);
        kernels.waveletInverse(packed, back, layout);
        assertEquals(arena.view(back), arena.view(source));
      }
    }
  });
}

Deno.test("5/3 details of a plane that rises evenly are zero away from the far border", () => {
  const { arena, kernels } = setUp();
  const layout = pyramidLayout("cdf53", 1, { channels: 1, width: 16, height: 16 });
  const source = arena.allocate([1, 16, 16], "f32"), packed = arena.allocate([256], "f32");
  arena.write(source, Float32Array.from({ length: 256 }, (_, i) => (i % 16) + 3 * (i >> 4)));
  kernels.waveletForward(source, packed, layout);
  const hl = layout.bands[1];
  for (let y = 0; y < hl.height; y++) {
    for (let x = 0; x < hl.width - 1; x++) assertEquals(arena.view(packed)[hl.offset + y * hl.width + x], 0);
  }
});

Deno.test("quantize() uses each band's own step and rounds as asked", () => {
  const { arena, kernels } = setUp();
  const layout = pyramidLayout("haar", 1, { channels: 1, width: 2, height: 4 });
  const source = arena.allocate([8], "f32"), multiples = arena.allocate([8], "i32");
  arena.write(source, Float32Array.of(2.5, -2.5, 300, -128, 0.6, -0.4, 0.49, 2e9));
  const options = { steps: Float32Array.of(1, 1, 0.5, 1), mostlySmall: true };
  kernels.quantize(source, multiples, layout, { ...options, rounding: 0.5 });
  assertEquals([...arena.view(multiples)], [3, -3, 300, -128, 1, -1, 0, 2e9]);
  kernels.quantize(source, multiples, layout, { ...options, rounding: 0.25 });
  assertEquals([...arena.view(multiples)], [2, -2, 300, -128, 1, -1, 0, 2e9]);
});

Deno.test("dequantize() undoes quantize() to half a step of each band", () => {
  const { arena, kernels } = setUp();
  const layout = pyramidLayout("cdf53", 2, { channels: 2, width: 9, height: 7 });
  const source = arena.allocate([126], "f32"), back = arena.allocate([126], "f32");
  const multiples = arena.allocate([126], "i32");
  arena.write(source, randomFloats(126, 90, 3));
  const steps = Float32Array.from(layout.bands, (_, i) => 0.1 + 0.1 * i);
  kernels.quantize(source, multiples, layout, { steps, rounding: 0.5, mostlySmall: true });
  kernels.dequantize(multiples, back, layout, steps);
  assertEquals(arena.view(multiples).some((multiple) => Math.abs(multiple) > 127), true);
  layout.bands.forEach((band, index) => {
    for (let i = band.offset; i < band.offset + band.width * band.height; i++) {
      assertAlmostEquals(arena.view(back)[i], arena.view(source)[i], steps[index] / 2 + 1e-4);
    }
  });
});

Deno.test("rgbToPlanar() repeats the last row and column; planarToRgb() crops and clips", () => {
  const { arena, kernels } = setUp();
  const source = arena.allocate([2, 3, 3], "u8"), planes = arena.allocate([3, 4, 8], "f32");
  arena.write(source, Uint8Array.from({ length: 18 }, (_, i) => i * 15));
  kernels.rgbToPlanar(source, planes, { scale: 2, shift: -1 });
  const values = arena.view(planes);
  assertAlmostEquals(values[0], -1);
  assertEquals(values[7], values[2]);
  assertEquals(values.subarray(24, 32), values.subarray(8, 16));
  const back = arena.allocate([2, 3, 3], "f32");
  kernels.planarToRgb(planes, back, { scale: 2, shift: -1 });
  arena.view(back).forEach((value, i) => assertAlmostEquals(value * 255, i * 15, 1e-4));
  values.fill(9);
  values[0] = -9;
  kernels.planarToRgb(planes, back, { scale: 2, shift: -1 });
  assertEquals([arena.view(back)[0], arena.view(back)[1]], [0, 1]);
});
