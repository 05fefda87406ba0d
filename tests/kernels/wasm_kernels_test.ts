import "../../src/kernels/cpu/all_kernels.ts";
import { isReversible, WAVELETS } from "../../src/wavelets/mod.ts";
import { assertEquals } from "@std/assert";
import { CpuArena, type Dtype, pyramidLayout, type TensorRef } from "../../src/core/mod.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { WasmKernels } from "../../src/kernels/cpu/wasm_kernels.ts";
import { AWKWARD_SIZES, randomFloats } from "../random.ts";

const SIZES = [
  ...AWKWARD_SIZES,
  ...[[8, 1], [9, 2], [1, 32], [31, 33], [257, 3], [3, 257]],
  // Rows that end with the last of eight, four and single pairs of samples.
  ...[[16, 4], [24, 6], [26, 5], [40, 7], [48, 4], [64, 6]],
];

function setUp() {
  const arena = new CpuArena(2 ** 23);
  return { arena, plain: new CpuKernels(arena), simd: new WasmKernels(arena) };
}

function filled<D extends "f32" | "i32">(
  arena: CpuArena,
  dtype: D,
  shape: number[],
  range: number,
  seed: number,
) {
  const ref = arena.allocate(shape, dtype);
  const values = randomFloats(ref.elementCount, range, seed);
  if (dtype === "f32") arena.write(ref as TensorRef<"f32">, values);
  else arena.write(ref as TensorRef<"i32">, Int32Array.from(values, Math.round));
  return ref;
}

/** A guard behind the tensor shows writes past its end. */
function guarded<D extends Dtype>(arena: CpuArena, shape: number[], dtype: D) {
  const ref = arena.allocate(shape, dtype);
  const guard = arena.allocate([64], "u8");
  arena.view(guard).fill(0xa5);
  return { ref, intact: () => arena.view(guard).every((byte) => byte === 0xa5) };
}

Deno.test("SIMD hadamard4() equals the plain one to the bit", () => {
  for (const [width, height] of SIZES) {
    const { arena, plain, simd } = setUp();
    const source = filled(arena, "f32", [4, height, width], 9, width + height);
    const expected = arena.allocate([4, height, width], "f32"),
      actual = guarded(arena, [4, height, width], "f32");
    plain.hadamard4(source, expected);
    simd.hadamard4(source, actual.ref);
    assertEquals(arena.view(actual.ref), arena.view(expected));
    assertEquals(actual.intact(), true);
  }
});

for (const description of WAVELETS) {
  const { name: wavelet } = description;
  for (const dtype of isReversible(description) ? ["f32", "i32"] as const : ["f32"] as const) {
    Deno.test(`SIMD ${wavelet} of ${dtype} equals the plain one to the bit, both ways`, () => {
      for (const [width, height] of SIZES) {
        for (const levels of [0, 1, 2, 3, 10]) {
          const { arena, plain, simd } = setUp();
          const layout = pyramidLayout(wavelet, levels, { channels: 3, width, height });
          const shape = [3, height, width], packed = [layout.coefficientCount];
          const source = filled(arena, dtype, shape, 1000, width * 7 + height + levels);
          const expected = arena.allocate(packed, dtype), actual = guarded(arena, packed, dtype);
          plain.waveletForward(source, expected, layout);
          simd.waveletForward(source, actual.ref, layout);
          assertEquals(arena.view(actual.ref), arena.view(expected), `${width}×${height}, ${levels} levels`);
          const backExpected = arena.allocate(shape, dtype), back = guarded(arena, shape, dtype);
          plain.waveletInverse(expected, backExpected, layout);
          simd.waveletInverse(expected, back.ref, layout);
          assertEquals(
            arena.view(back.ref),
            arena.view(backExpected),
            `${width}×${height}, ${levels} levels`,
          );
          assertEquals([actual.intact(), back.intact()], [true, true]);
        }
      }
    });
  }
}

Deno.test("SIMD quantize() and dequantize() equal the plain ones to the bit", () => {
  for (const [width, height] of SIZES) {
    for (const [range, rounding] of [[3, 0.5], [100, 0.3], [2e4, 0.5], [6e8, 0]]) {
      const { arena, plain, simd } = setUp();
      const layout = pyramidLayout("cdf53", 2, { channels: 4, width, height });
      const count = layout.coefficientCount;
      const source = filled(arena, "f32", [count], range, width * 13 + height);
      // The first rounds up in single precision only.
      const awkward = [Math.fround(0.49999997), -0, 127 * 0.3, -127.5 * 0.3];
      arena.view(source).set(awkward.slice(0, count));
      const steps = Float32Array.from(layout.bands, (_, i) => 0.3 + 0.21 * i);
      const options = { steps, rounding, mostlySmall: true };
      const expected = arena.allocate([count], "i32"), actual = guarded(arena, [count], "i32");
      plain.quantize(source, expected, layout, options);
      simd.quantize(source, actual.ref, layout, options);
      assertEquals(arena.view(actual.ref), arena.view(expected));
      const backExpected = arena.allocate([count], "f32"), back = guarded(arena, [count], "f32");
      plain.dequantize(expected, backExpected, layout, steps);
      simd.dequantize(expected, back.ref, layout, steps);
      assertEquals(arena.view(back.ref), arena.view(backExpected));
      assertEquals([actual.intact(), back.intact()], [true, true]);
    }
  }
});

Deno.test("SIMD yccToRgb() and rgbToRgba8() equal the plain ones to the bit, also out of range", () => {
  for (const [width, height] of SIZES) {
    const { arena, plain, simd } = setUp(), shape = [height, width, 3];
    const ycc = filled(arena, "f32", [3, height, width], 200, width * height);
    const expected = arena.allocate(shape, "f32"), actual = guarded(arena, shape, "f32");
    const expectedBytes = arena.allocate([height, width, 4], "u8");
    const actualBytes = guarded(arena, [height, width, 4], "u8");
    arena.view(ycc).set([-0, NaN, Infinity, -Infinity].slice(0, width));
    plain.yccToRgb(ycc, expected, 0);
    simd.yccToRgb(ycc, actual.ref, 0);
    assertEquals(arena.view(actual.ref), arena.view(expected));
    plain.rgbToRgba8(expected, expectedBytes);
    simd.rgbToRgba8(expected, actualBytes.ref);
    assertEquals(arena.view(actualBytes.ref), arena.view(expectedBytes));
    assertEquals([actual.intact(), actualBytes.intact()], [true, true]);
  }
});
