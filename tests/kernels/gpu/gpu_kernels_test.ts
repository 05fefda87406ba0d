import { assertEquals } from "@std/assert";
import { pyramidLayout } from "../../../src/core/mod.ts";
import { isReversible, WAVELETS } from "../../../src/wavelets/mod.ts";
import { gpuTest } from "../../gpu.ts";
import { AWKWARD_SIZES, randomFloats, randomSource } from "../../random.ts";
import { assertClose, onBoth } from "./both_kernels.ts";

const SIZES = [[1, 1], [1, 7], [7, 1], [2, 2], [3, 2], [33, 31], [64, 2], [65, 67], [4097, 3]] as const;
const BATCH = 2;

function randomBytes(count: number, seed: number): Uint8Array<ArrayBuffer> {
  const next = randomSource(seed);
  return Uint8Array.from({ length: count }, () => next() * 256);
}

gpuTest("rgbToPlanar() and planarToRgb() agree with the CPU's within 1e-6, at any size", async (gpu) => {
  for (const [width, height] of SIZES) {
    const [paddedWidth, paddedHeight] = [width, height].map((side) => Math.ceil(side / 8) * 8);
    const bytes = randomBytes(BATCH * width * height * 3, width + height);
    const planar = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor([BATCH, 3, paddedHeight, paddedWidth], "f32");
      kernels.rgbToPlanar(tensor([BATCH, height, width, 3], "u8", bytes), target, { scale: 2, shift: -1 });
      return target;
    });
    assertClose(planar.actual, planar.expected, 1e-6, `rgbToPlanar ${width}×${height}`);
    const rgb = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor([BATCH, height, width, 3], "f32");
      const source = tensor([BATCH, 3, paddedHeight, paddedWidth], "f32", planar.expected);
      kernels.planarToRgb(source, target, { scale: 2, shift: -1 });
      return target;
    });
    assertClose(rgb.actual, rgb.expected, 1e-6, `planarToRgb ${width}×${height}`);
  }
});

gpuTest("kernels take slices that begin off the alignment of a binding", async (gpu) => {
  const bytes = randomBytes(3 * 5 * 3 * 3, 4), values = randomFloats(3 * 4 * 15, 5, 6);
  for (const slice of [0, 1, 2]) {
    const planar = await onBoth(gpu, ({ kernels, tensor }) => {
      const source = tensor([3, 3, 5, 3], "u8", bytes), target = tensor([3, 8, 8], "f32");
      const offset = source.offsetBytes + slice * 45;
      kernels.rgbToPlanar(
        { ...source, shape: [3, 5, 3], offsetBytes: offset, byteLength: 45 } as never,
        target,
        {
          scale: 1,
          shift: 0,
        },
      );
      return target;
    });
    assertClose(planar.actual, planar.expected, 1e-6, `slice ${slice}`);
    const rotated = await onBoth(gpu, ({ kernels, tensor }) => {
      const source = tensor([3, 4, 5, 3], "f32", values), target = tensor([4, 5, 3], "f32");
      const offset = source.offsetBytes + slice * 240;
      const sliced = { ...source, shape: [4, 5, 3], offsetBytes: offset, byteLength: 240, elementCount: 60 };
      kernels.hadamard4(sliced as never, target);
      return target;
    });
    assertEquals(rotated.actual, rotated.expected);
  }
});

gpuTest("rgbToRgba8() gives bytes back exactly and rounds as the CPU's", async (gpu) => {
  // Away from halves, where single and double precision may round apart.
  const values = Float32Array.from(
    { length: 768 },
    (_, i) => Math.min(255, i % 256 + [0, 0.4, -0.4][i >> 8]) / 255,
  );
  const { actual, expected } = await onBoth(gpu, async ({ kernels, tensor, hosted }) => {
    const target = hosted([16, 16, 4], "u8");
    await kernels.rgbToRgba8(tensor([16, 16, 3], "f32", values), target);
    return target;
  });
  assertEquals(actual, expected);
});

gpuTest("colour transforms agree with the CPU's, exactly in integers", async (gpu) => {
  for (const [width, height] of SIZES) {
    const bytes = randomBytes(BATCH * width * height * 3, width * height);
    for (const [dtype, bound] of [["f32", 0], ["i32", 0], ["i32", 3]] as const) {
      const label = `${dtype}, bound ${bound}, ${width}×${height}`;
      const planes = await onBoth<"f32" | "i32">(gpu, ({ kernels, tensor }) => {
        const target = tensor([BATCH, 3, height, width], dtype);
        kernels.rgbToYcc(tensor([BATCH, height, width, 3], "u8", bytes), target, bound);
        return target;
      });
      if (dtype === "i32") assertEquals(planes.actual, planes.expected, label);
      else assertClose(planes.actual as Float32Array, planes.expected as Float32Array, 1e-6, label);
      const rgb = await onBoth(gpu, ({ kernels, tensor }) => {
        const target = tensor([BATCH, height, width, 3], "f32");
        kernels.yccToRgb(tensor([BATCH, 3, height, width], dtype, planes.expected as never), target, bound);
        return target;
      });
      assertClose(rgb.actual, rgb.expected, 1e-6, label);
    }
  }
});

gpuTest("affine() agrees with the CPU's within 1e-6", async (gpu) => {
  const { actual, expected } = await onBoth(gpu, ({ kernels, tensor }) => {
    const target = tensor([1000], "f32");
    kernels.affine(tensor([1000], "f32", randomFloats(1000, 5, 1)), target, 7.69, -0.3);
    return target;
  });
  assertClose(actual, expected, 1e-6, "affine");
});

gpuTest("crop() equals the CPU's", async (gpu) => {
  for (const [x, y, width, height] of [[0, 0, 7, 5], [2, 1, 3, 4], [6, 4, 1, 1]]) {
    const { actual, expected } = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor([BATCH, 3, height, width], "f32");
      kernels.crop(tensor([BATCH, 3, 5, 7], "f32", randomFloats(BATCH * 105, 5, 1)), target, x, y);
      return target;
    });
    assertEquals(actual, expected);
  }
});

gpuTest("hadamard4() equals the CPU's to the bit", async (gpu) => {
  for (const [width, height] of SIZES) {
    const values = randomFloats(BATCH * 4 * width * height, 9, width * height);
    const { actual, expected } = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor([BATCH, 4, height, width], "f32");
      kernels.hadamard4(tensor([BATCH, 4, height, width], "f32", values), target);
      return target;
    });
    assertEquals(actual, expected, `${width}×${height}`);
  }
});

for (const description of WAVELETS) {
  const { name: wavelet } = description, isExact = description.highScale === 1;
  for (const dtype of ["f32", "i32"] as const) {
    if (!isReversible(description) && dtype === "i32") continue;
    const how = isExact ? "equals the CPU's to the bit" : "agrees with the CPU's within 1e-5";
    gpuTest(`${wavelet} of ${dtype} ${how}, both ways, at any size and depth`, async (gpu) => {
      for (const [width, height] of SIZES) {
        for (const levels of width > 32 ? [1, 3, 10] : [0, 2, 5]) {
          const layout = pyramidLayout(wavelet, levels, { channels: 3, width, height });
          const shape = [BATCH, 3, height, width], packed = [BATCH, layout.coefficientCount];
          const floats = randomFloats(BATCH * layout.coefficientCount, 1000, width * 7 + height + levels);
          const values = (dtype === "f32" ? floats : Int32Array.from(floats, Math.round)) as never;
          const label = `${width}×${height}, ${levels} levels`;
          for (const direction of ["forward", "inverse"] as const) {
            const { actual, expected } = await onBoth<"f32" | "i32">(gpu, ({ kernels, tensor }) => {
              const [from, to] = direction === "forward" ? [shape, packed] : [packed, shape];
              const source = tensor(from, dtype, values), target = tensor(to, dtype);
              if (direction === "forward") kernels.waveletForward(source, target, layout);
              else kernels.waveletInverse(source, target, layout);
              return target;
            });
            if (isExact) assertEquals(actual, expected, `${direction}, ${label}`);
            else {assertClose(
                actual as Float32Array,
                expected as Float32Array,
                1e-5,
                `${direction}, ${label}`,
              );}
          }
        }
      }
    });
  }
}

gpuTest(
  "quantize() and dequantize() equal the CPU's, also where more is large than a readback of bytes has room for",
  async (gpu) => {
    for (const [width, height] of SIZES) {
      for (const [range, rounding] of [[3, 0.5], [100, 0.3], [2e4, 0.5], [6e8, 0]]) {
        const layout = pyramidLayout("cdf53", 2, { channels: 4, width, height });
        const count = BATCH * layout.coefficientCount;
        const steps = Float32Array.from(layout.bands, (_, i) => 0.3 + 0.21 * i);
        const values = randomFloats(count, range, width * 13 + height);
        const shape = [BATCH, layout.coefficientCount];
        for (const mostlySmall of [true, false]) {
          const label = `${width}×${height}, ±${range}, ${mostlySmall}`;
          const multiples = await onBoth(gpu, async ({ kernels, tensor, hosted }) => {
            const target = hosted(shape, "i32");
            const source = tensor(shape, "f32", values);
            await kernels.quantize(source, target, layout, { steps, rounding, mostlySmall });
            return target;
          });
          assertEquals(multiples.actual, multiples.expected, label);
          const back = await onBoth(gpu, ({ kernels, tensor, hosted }) => {
            const target = tensor(shape, "f32");
            kernels.dequantize(hosted(shape, "i32", multiples.expected), target, layout, steps);
            return target;
          });
          assertEquals(back.actual, back.expected, label);
        }
      }
    }
  },
);

gpuTest("gaussianBlur() agrees with the CPU's within 1e-5, of bytes and of floats", async (gpu) => {
  const weights = Float32Array.of(0.1, 0.2, 0.4, 0.2, 0.1);
  for (const [width, height] of SIZES) {
    const count = BATCH * width * height * 3, shape = [BATCH, height, width, 3];
    for (const dtype of ["u8", "f32"] as const) {
      const values = dtype === "u8" ? randomBytes(count, width) : randomFloats(count, 1, height);
      const { actual, expected } = await onBoth(gpu, ({ kernels, tensor }) => {
        const target = tensor(shape, "f32");
        kernels.gaussianBlur(tensor<"u8" | "f32">(shape, dtype, values as never), target, weights);
        return target;
      });
      assertClose(actual, expected, 1e-5, `${dtype}, ${width}×${height}`);
    }
  }
});

gpuTest("subtractShown() and addToShown() equal the CPU's", async (gpu) => {
  for (const [width, height] of SIZES) {
    const count = width * height * 3, shape = [height, width, 3];
    const source = randomBytes(count, width * 3 + height), others = randomBytes(count, height);
    const shown = Float32Array.from(others, (byte) => byte / 255);
    const difference = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor(shape, "i16");
      kernels.subtractShown(tensor(shape, "u8", source), tensor(shape, "f32", shown), target);
      return target;
    });
    assertEquals(difference.actual, difference.expected);
    const sum = await onBoth(gpu, ({ kernels, tensor }) => {
      const target = tensor(shape, "u8");
      kernels.addToShown(tensor(shape, "f32", shown), tensor(shape, "i16", difference.expected), target);
      return target;
    });
    assertEquals(sum.actual, source);
  }
});

gpuTest("compare() agrees with the CPU's: PSNR exactly, SSIM and MS-SSIM within 1e-5", async (gpu) => {
  for (const [width, height] of [...AWKWARD_SIZES, [4097, 3], [161, 90], [200, 180]]) {
    const shape = [height, width, 3], next = randomSource(width);
    const source = randomBytes(width * height * 3, width).map((byte, i) => (byte >> 3) + (i / 9) % 200);
    const noisy = Uint8ClampedArray.from(source, (byte) => byte + next() * 50 - 25);
    const shown = Float32Array.from(noisy, (byte) => byte / 255);
    for (const [metric, tolerance] of [["psnr", 0], ["ssim", 1e-5], ["msSsim", 1e-5]] as const) {
      const { actual, expected } = await onBoth(gpu, async ({ kernels, tensor }) => {
        const score = await kernels.compare(metric, tensor(shape, "u8", source), tensor(shape, "f32", shown));
        return tensor([1], "f32", Float32Array.of(score));
      });
      assertClose(actual, expected, tolerance, `${metric}, ${width}×${height}`);
    }
  }
});
