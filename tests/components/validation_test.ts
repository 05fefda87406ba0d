import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { VaeransError } from "../../mod.ts";
import {
  ANSBitstream,
  bandSteps,
  BlurRGB,
  Latent4,
  MsSsim,
  Psnr,
  QuantParams,
  ReconRGB,
  Residual,
  RGB,
  SamplePlanes,
  Ssim,
  SymbolsU8,
  WaveletPyr,
  Ycc3,
  YUVW4,
} from "../../src/components/mod.ts";
import {
  ANSEncode,
  ColourYcc,
  GaussianBlur,
  Hadamard4,
  MetricPsnr,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  WaveletCDF53,
} from "../../src/systems/mod.ts";
import { CpuArena, type Dtype, pyramidLayout } from "../../src/core/mod.ts";
import { loadModel } from "../../src/models/mod.ts";

const model = await loadModel("vaerans-4");
const arena = new CpuArena(2 ** 20);
const tensor = (dtype: Dtype, ...shape: number[]) => arena.allocate(shape, dtype);
const picture = { width: 20, height: 10 };
const layout = pyramidLayout("cdf53", 1, { channels: 4, width: 3, height: 2 });
const steps = bandSteps(layout, 1024), quant = new QuantParams(steps, 1024, 50);

/** Arguments of a class that are valid, and invalid values for each of them. */
interface Case {
  // deno-lint-ignore no-explicit-any -- values that a caller without a compiler could pass.
  readonly type: new (...args: any[]) => unknown;
  readonly valid: readonly unknown[];
  /** By the index of the argument: values that are refused, with words of the message. */
  readonly invalid: readonly {
    readonly index: number;
    readonly values: readonly unknown[];
    readonly words: string;
  }[];
}

const NO_TENSORS = [null, undefined, 5, "tensor", {}, new Float32Array(3), {
  dtype: "f32",
  shape: [4, 2, 3],
}];
const NO_SIDES = [0, -1, 1.5, NaN, Infinity, "20", undefined];
const pictures = (index: number) => [
  { index, values: [null, undefined, 3], words: "picture must be an object" },
  {
    index,
    values: NO_SIDES.map((width) => ({ width, height: 10 })),
    words: "picture.width must be a whole number",
  },
  {
    index,
    values: NO_SIDES.map((height) => ({ width: 20, height })),
    words: "picture.height must be a whole number",
  },
];
const tensors = (index: number, ...wrong: unknown[]) => [
  { index, values: NO_TENSORS, words: "its tensor must be a TensorRef" },
  { index, values: wrong, words: "its tensor must be " },
];
const layouts = (index: number) => [
  { index, values: [null, undefined, {}, "cdf53"], words: "layout must be a PyramidLayout" },
  { index, values: [{ ...layout, wavelet: "db4" }], words: "layout.wavelet must be cdf53 or haar or cdf97" },
  {
    index,
    values: [0, -1, 300, 1.5].map((channels) => ({ ...layout, channels })),
    words: "layout.channels must be",
  },
  {
    index,
    values: NO_SIDES.map((width) => ({ ...layout, width })),
    words: "layout.width must be a whole number",
  },
  {
    index,
    values: NO_SIDES.map((height) => ({ ...layout, height })),
    words: "layout.height must be a whole number",
  },
  { index, values: [-1, 11, 1.5, NaN].map((levels) => ({ ...layout, levels })), words: "levels must be" },
  {
    index,
    values: [{ ...layout, levels: 2 }, { ...layout, coefficientCount: 23 }, {
      ...layout,
      bands: layout.bands.slice(1),
    }, {
      ...layout,
      bands: layout.bands.with(0, { ...layout.bands[0], offset: 1 }),
    }],
    words: "layout must be a layout made by pyramidLayout()",
  },
];
const whole = (index: number, name: string, most: number) => ({
  index,
  values: [-5, most + 1, 0.5, NaN, Infinity, "3", null],
  words: `${name} must be a whole number from 0 to ${most}`,
});

const CASES: readonly Case[] = [
  {
    type: RGB,
    valid: [tensor("u8", 2, 3, 3), "srgb"],
    invalid: [
      ...tensors(0, tensor("u8", 2, 3, 4), tensor("i32", 2, 3, 3), tensor("u8", 0, 3, 3), tensor("u8", 18)),
      {
        index: 1,
        values: ["bt2020", "display-p3", "SRGB", "", null, 1],
        words: 'colourSpace must be "srgb"',
      },
    ],
  },
  {
    type: ReconRGB,
    valid: [tensor("f32", 2, 3, 3)],
    invalid: tensors(0, tensor("u8", 2, 3, 3), tensor("f32", 2, 3)),
  },
  {
    type: BlurRGB,
    valid: [tensor("f32", 2, 3, 3), 1.5],
    invalid: [
      ...tensors(0, tensor("u8", 2, 3, 3)),
      {
        index: 1,
        values: [0, -1, NaN, Infinity, undefined, null],
        words: "sigma must be a finite number greater than 0",
      },
    ],
  },
  { type: Residual, valid: [tensor("i16", 2, 3, 3)], invalid: tensors(0, tensor("u8", 2, 3, 3)) },
  {
    type: Latent4,
    valid: [tensor("f32", 4, 2, 3), picture],
    invalid: [...tensors(0, tensor("f32", 3, 2, 3), tensor("i32", 4, 2, 3)), ...pictures(1)],
  },
  {
    type: YUVW4,
    valid: [tensor("i32", 4, 2, 3), picture],
    invalid: [...tensors(0, tensor("f32", 4, 2), tensor("u8", 4, 2, 3)), ...pictures(1)],
  },
  {
    type: WaveletPyr,
    valid: [tensor("f32", 24), layout, picture, 3],
    invalid: [
      ...tensors(0, tensor("f32", 23), tensor("u8", 24)),
      ...layouts(1),
      ...pictures(2),
      whole(3, "bound", 127),
    ],
  },
  {
    type: QuantParams,
    valid: [steps, 1024, 50, 0],
    invalid: [
      { index: 0, values: [null, [1, 2], new Float64Array(2)], words: "steps must be a Float32Array" },
      {
        index: 0,
        values: [0, -1, NaN, Infinity].map((step) => Float32Array.of(1, step)),
        words: "steps[1] must be positive",
      },
      whole(1, "stepCode", 2047),
      { index: 2, values: [-1, 101, NaN, "50", null], words: "quality must be a number from 0 to 100" },
      { ...whole(3, "exactBound", 127) },
    ],
  },
  {
    type: SymbolsU8,
    valid: [tensor("u8", 24), tensor("i32", 0), layout, picture],
    invalid: [
      ...tensors(0, tensor("u8", 23), tensor("i32", 24)),
      ...tensors(1, tensor("i32", 1, 1), tensor("u8", 3)),
      ...layouts(2),
      ...pictures(3),
    ],
  },
  {
    type: ANSBitstream,
    valid: [[tensor("u8", 9), tensor("u8", 0)], 1, layout, quant, picture],
    invalid: [
      { index: 0, values: [[], null, "sections"], words: "sections must be a list of at least one tensor" },
      {
        index: 0,
        values: [[tensor("i32", 3)], [tensor("u8", 1, 1)], [null]],
        words: "its tensor must be ",
      },
      { index: 1, values: [77, -1, 0.5, "context", undefined], words: "coder must be 0, 1, 2, 3" },
      ...layouts(2),
      { index: 3, values: [null, {}, steps], words: "quant must be QuantParams" },
      {
        index: 3,
        values: [new QuantParams(steps.slice(1), 1024, 50)],
        words: `quant.steps must be ${steps.length} steps`,
      },
      ...pictures(4),
    ],
  },
  {
    type: Ycc3,
    valid: [tensor("f32", 3, 2, 3), picture, 0],
    invalid: [...tensors(0, tensor("f32", 4, 2, 3)), ...pictures(1), whole(2, "bound", 127)],
  },
  {
    type: SamplePlanes,
    valid: [tensor("i32", 2, 2, 3), picture],
    invalid: [...tensors(0, tensor("u8", 2, 2, 3), tensor("i32", 2, 3)), ...pictures(1)],
  },
  {
    type: Psnr,
    valid: [Infinity],
    invalid: [{ index: 0, values: [NaN, -1, "40", null], words: "decibels must be" }],
  },
  {
    type: Ssim,
    valid: [-0.5],
    invalid: [{ index: 0, values: [NaN, 1.1, -1.1, "1"], words: "value must be a number from -1" }],
  },
  {
    type: MsSsim,
    valid: [1],
    invalid: [{ index: 0, values: [NaN, 1.1, -0.1, null], words: "value must be a number from 0" }],
  },
  // Systems: their options, and their modes.
  {
    type: Hadamard4,
    valid: ["forward"],
    invalid: [{ index: 0, values: ["encode", "", null, 1], words: 'mode must be "forward"' }],
  },
  {
    type: WaveletCDF53,
    valid: ["inverse", { levels: 3 }],
    invalid: [
      { index: 0, values: ["backward", undefined], words: 'mode must be "forward" or "inverse"' },
      {
        index: 1,
        values: [-1, 11, 1.5, NaN, "3"].map((levels) => ({ levels })),
        words: "levels must be a whole number from 0 to 10",
      },
      { index: 1, values: [{ planes: "YUVW4" }], words: "planes must be a component class" },
    ],
  },
  {
    type: ColourYcc,
    valid: ["forward", { bound: 2 }],
    invalid: [
      { index: 0, values: ["to", null], words: "mode must be" },
      {
        index: 1,
        values: [-1, 128, 0.5, NaN].map((bound) => ({ bound })),
        words: "bound must be a whole number from 0 to 127",
      },
    ],
  },
  {
    type: GaussianBlur,
    valid: [{ sigma: 2 }],
    invalid: [
      {
        index: 0,
        values: [0, -1, NaN, 33, "1px"].map((sigma) => ({ sigma })),
        words: "it must be greater than 0 and at most 32",
      },
      { index: 0, values: [{ sigma: 1, of: Latent4 }], words: "of must be RGB or ReconRGB" },
    ],
  },
  {
    type: MetricPsnr,
    valid: [{}],
    invalid: [{ index: 0, values: [{ of: RGB }], words: "of must be ReconRGB or BlurRGB" }],
  },
  {
    type: QuantizeU8,
    valid: ["forward", { quality: 40, gains: [1, 2], optimise: { effort: 5 } }],
    invalid: [
      { index: 1, values: [0, 101, NaN].map((quality) => ({ quality })), words: "it must be 1 to 100" },
      { index: 1, values: [0, -1, NaN, 1e9].map((step) => ({ step })), words: "base step" },
      { index: 1, values: [-0.1, 0.6, NaN].map((rounding) => ({ rounding })), words: "it must be 0 to 0.5" },
      {
        index: 1,
        values: [[0], [-1], [NaN], [Infinity], 1].map((gains) => ({ gains })),
        words: "gains must be a list of positive",
      },
      {
        index: 1,
        values: [0, 10, 1.5].map((effort) => ({ optimise: { effort } })),
        words: "optimise.effort must be",
      },
      {
        index: 1,
        values: [-1, 65537, 0.5].map((lambda) => ({ optimise: { effort: 5, lambda } })),
        words: "optimise.lambda must be",
      },
      { index: 1, values: [{ optimise: { effort: 5, coder: "static" } }], words: "optimise.coder must be" },
      {
        index: 1,
        values: [
          { optimise: { effort: 5, coder: "context", bitWeights: [1] } },
          { optimise: { effort: 5, coder: "subband", bitWeights: [0] } },
          { optimise: { effort: 5, coder: "subband", bitWeights: [NaN] } },
        ],
        words: "optimise.bitWeights must be",
      },
    ],
  },
  {
    type: ANSEncode,
    valid: [{ model: "static", effort: 5 }],
    invalid: [
      { index: 0, values: [{ model: "huffman" }, { model: 1 }], words: 'it must be "static"' },
      {
        index: 0,
        values: [0, 10, 2.5, NaN].map((effort) => ({ effort })),
        words: "effort must be a whole number from 1 to 9",
      },
    ],
  },
  ...[OnnxVAEEncode, OnnxVAEDecode].map((type) => ({
    type,
    valid: [model, { runtime: "own" }],
    invalid: [
      { index: 0, values: ["vaerans-4", null, {}], words: "model must be a VaeModel" },
      { index: 1, values: [{ runtime: "ort" }], words: "runtime must be" },
    ],
  })),
];

Deno.test("components and systems take valid values", () => {
  for (const { type, valid } of CASES) assertInstanceOf(new type(...valid), type);
});

for (const { type, valid, invalid } of CASES) {
  Deno.test(`${type.name} refuses every invalid value by a coded error that names what was wrong`, () => {
    for (const { index, values, words } of invalid) {
      for (const value of values) {
        const error = assertThrows(() => new type(...valid.with(index, value)), VaeransError);
        assertStringIncludes(error.message, words, `argument ${index}: ${String(value)}`);
        assertEquals(/^[a-z]+(-[a-z]+)+$/.test(error.code), true);
      }
    }
  });
}
