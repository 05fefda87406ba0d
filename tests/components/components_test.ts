import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import {
  ANSBitstream,
  bandSteps,
  BlurRGB,
  codeFromStep,
  Latent4,
  QuantizedPyr,
  QuantParams,
  ReconRGB,
  Residual,
  RGB,
  stepFromCode,
  SymbolsU8,
  WaveletPyr,
  YUVW4,
} from "../../src/components/mod.ts";
import { CpuArena, type Dtype, pyramidLayout } from "../../src/core/mod.ts";

const arena = new CpuArena(2 ** 16);
const tensor = <D extends Dtype>(dtype: D, ...shape: number[]) => arena.allocate(shape, dtype);
const picture = { width: 20, height: 10 };
const layout = pyramidLayout("cdf53", 1, { channels: 4, width: 3, height: 2 });
const quant = new QuantParams(bandSteps(layout, 1024), 1024, 50);

Deno.test("components take tensors of their own shape and type", () => {
  new RGB(tensor("u8", 2, 3, 3));
  new ReconRGB(tensor("f32", 2, 3, 3));
  new BlurRGB(tensor("f32", 2, 3, 3), 1.5);
  new Residual(tensor("i16", 2, 3, 3));
  new Latent4(tensor("f32", 4, 2, 3), picture);
  new YUVW4(tensor("i32", 4, 2, 3), picture);
  new WaveletPyr(tensor("f32", 24), layout, picture);
  new QuantizedPyr(tensor("i32", 24), layout, picture);
  new SymbolsU8(tensor("u8", 24), tensor("i32", 0), layout, picture);
  new ANSBitstream([tensor("u8", 0)], 0, layout, quant, picture);
});

Deno.test("components refuse other shapes and types, naming both", () => {
  // deno-lint-ignore no-explicit-any -- what a caller without a compiler could pass.
  const wrong = (make: () => any, part: string) => {
    const error = assertThrows(make, InvalidValueError, part);
    assertEquals(["component-tensor", "component-value"].includes(error.code), true);
  };
  wrong(() => new RGB(tensor("u8", 2, 3, 4)), "shape [2, 3, 4]");
  wrong(() => new RGB(tensor("u8", 0, 3, 3)), "shape [0, 3, 3]");
  // deno-lint-ignore no-explicit-any -- a wrong type on purpose.
  wrong(() => new RGB(tensor("i32", 2, 3, 3) as any), "must be u8 or f32");
  // deno-lint-ignore no-explicit-any -- a wrong type on purpose.
  wrong(() => new ReconRGB(tensor("u8", 2, 3, 3) as any), "must be f32");
  wrong(() => new Latent4(tensor("f32", 3, 2, 3), picture), "[4, n, n]");
  wrong(() => new Latent4(tensor("f32", 4, 2, 3), { width: 0, height: 1 }), "picture.width");
  wrong(() => new YUVW4(tensor("f32", 4, 2), picture), "[4, n, n]");
  wrong(() => new WaveletPyr(tensor("f32", 23), layout, picture), "[24]");
  wrong(() => new SymbolsU8(tensor("u8", 24), tensor("i32", 1, 1), layout, picture), "[n]");
  wrong(() => new ANSBitstream([], 0, layout, quant, picture), "at least one");
  wrong(() => new QuantParams(Float32Array.of(0), 0, 1), "positive");
  wrong(() => new QuantParams(Float32Array.of(1), 0, 101), "0 to 100");
});

Deno.test("step codes and steps are each other's inverse, an octave in 64 codes", () => {
  for (let code = 0; code <= 2047; code++) assertEquals(codeFromStep(stepFromCode(code)), code);
  assertEquals([stepFromCode(1024), stepFromCode(1088)], [1, 2]);
  for (const step of [0, -1, NaN, Infinity, 1e-9]) assertThrows(() => codeFromStep(step), InvalidValueError);
});

Deno.test("bandSteps() divides by the synthesis norm and applies the gains", () => {
  const plain = bandSteps(layout, 1024);
  assertAlmostEquals(plain[0], 1 / 1.5, 1e-6); // LL of one level: the 5/3's low-pass norm is √1.5 an axis.
  const doubled = bandSteps(layout, 1024, layout.bands.map(() => 2));
  plain.forEach((step, i) => assertAlmostEquals(doubled[i], 2 * step, 1e-6));
  assertThrows(() => bandSteps(layout, 1024, [1]), InvalidValueError, "(got 1)");
});
