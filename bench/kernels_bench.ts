/**
 * CPU kernels, SIMD ("WASM") and plain TypeScript ("TS"), beside a copy of the same bytes. Latents: "photo" is 768×512 at
 * f = 8, "megapixel" is 1024×1024 at f = 4, "large" 4096×4096 at f = 4. Pixels: 768×512. Run: `deno bench bench/kernels_bench.ts`.
 */
import "../src/kernels/cpu/all_kernels.ts";
import { WAVELETS } from "../src/wavelets/mod.ts";
import { CpuArena, pyramidLayout } from "../src/core/mod.ts";
import type { Kernels } from "../src/kernels/kernels.ts";
import { CpuKernels } from "../src/kernels/cpu/cpu_kernels.ts";
import "../src/kernels/cpu/metrics/mod.ts";
import { WasmKernels } from "../src/kernels/cpu/wasm_kernels.ts";
import { benchGroup, type Subject } from "./throughput.ts";

const LATENTS = { photo: [96, 64], megapixel: [256, 256], large: [1024, 1024] } as const;
const PIXEL_RANGE = { scale: 2, shift: -1 };

for (const [name, [width, height]] of Object.entries(LATENTS)) {
  const arena = new CpuArena(2 ** 28), shape = [4, height, width];
  const wasm = new WasmKernels(arena), plain = new CpuKernels(arena);
  const [source, target] = [0, 1].map(() => arena.allocate(shape, "f32"));
  const values = arena.view(source);
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i) * 20;
  const layoutOf = (wavelet: string, levels: number) =>
    pyramidLayout(wavelet, levels, { channels: 4, width, height });
  const layout = layoutOf("cdf53", 4), steps = new Float32Array(layout.bands.length).fill(0.5);
  const multiples = arena.allocate([layout.coefficientCount], "i32");
  const part = arena.allocate([4, height >> 1, width >> 1], "f32");
  const exact = arena.allocate(shape, "i32"), exactPyramid = arena.allocate([layout.coefficientCount], "i32");
  arena.view(exact).set(values);
  const transforms = (kernels: Kernels, device: string): Subject[] => [
    [`${device} hadamard4`, () => kernels.hadamard4(source, target)],
    ...WAVELETS.flatMap(({ name: wavelet }) =>
      [1, 4].flatMap((levels): Subject[] => {
        const layout = layoutOf(wavelet, levels), packed = arena.allocate([layout.coefficientCount], "f32");
        return [
          [`${device} ${wavelet} forward ${levels} level`, () =>
            kernels.waveletForward(source, packed, layout)],
          [`${device} ${wavelet} inverse ${levels} level`, () =>
            kernels.waveletInverse(packed, target, layout)],
        ];
      })
    ),
    [`${device} cdf53 i32 forward 4 level`, () => kernels.waveletForward(exact, exactPyramid, layout)],
    [`${device} cdf53 i32 inverse 4 level`, () => kernels.waveletInverse(exactPyramid, exact, layout)],
    [
      `${device} quantize`,
      () => kernels.quantize(source, multiples, layout, { steps, rounding: 0.5, mostlySmall: true }),
    ],
    [`${device} dequantize`, () => kernels.dequantize(multiples, target, layout, steps)],
  ];
  benchGroup({ name: `${name}, 4×${height}×${width}`, bytes: source.byteLength }, [
    ...transforms(wasm, "WASM"),
    ...name === "photo" ? transforms(plain, "TS") : [],
    ["TS affine", () => wasm.affine(source, target, 2, 1)],
    ["TS crop to a quarter", () => wasm.crop(source, part, 3, 5)],
  ]);
}

const WIDTH = 768, HEIGHT = 512;
const arena = new CpuArena(2 ** 27), kernels = new WasmKernels(arena);
const pixels = arena.allocate([HEIGHT, WIDTH, 3], "u8"), planes = arena.allocate([3, HEIGHT, WIDTH], "f32");
const exactPlanes = arena.allocate([3, HEIGHT, WIDTH], "i32");
const shown = arena.allocate([HEIGHT, WIDTH, 3], "f32"),
  difference = arena.allocate([HEIGHT, WIDTH, 3], "i16");
const rgba = arena.allocate([HEIGHT, WIDTH, 4], "u8");
const blur = Float32Array.of(0.05, 0.25, 0.4, 0.25, 0.05);
arena.view(pixels).forEach((_, i, all) => all[i] = 128 + 100 * Math.sin(i / 50));
arena.view(shown).forEach((_, i, all) => all[i] = 0.5 + 0.4 * Math.sin(i / 50));

benchGroup({ name: `pixels, ${WIDTH}×${HEIGHT} RGB`, bytes: pixels.byteLength, pixels: WIDTH * HEIGHT }, [
  ["TS rgbToPlanar", () => kernels.rgbToPlanar(pixels, planes, PIXEL_RANGE)],
  ["TS planarToRgb", () => kernels.planarToRgb(planes, shown, PIXEL_RANGE)],
  ["TS rgbToYcc, YCbCr", () => kernels.rgbToYcc(pixels, planes, 0)],
  ["TS yccToRgb, YCbCr", () => kernels.yccToRgb(planes, shown, 0)],
  ["TS rgbToYcc, YCoCg-R", () => kernels.rgbToYcc(pixels, exactPlanes, 0)],
  ["TS yccToRgb, YCoCg-R", () => kernels.yccToRgb(exactPlanes, shown, 0)],
  ["TS rgbToRgba8", () => kernels.rgbToRgba8(shown, rgba)],
  ["TS gaussianBlur, 5 taps", () => kernels.gaussianBlur(pixels, shown, blur)],
  ["TS subtractShown", () => kernels.subtractShown(pixels, shown, difference)],
  ["TS addToShown", () => kernels.addToShown(shown, difference, pixels)],
  ["TS compare psnr", () => kernels.compare("psnr", pixels, shown)],
  ["TS compare ssim", () => kernels.compare("ssim", pixels, shown)],
  ["TS compare msSsim", () => kernels.compare("msSsim", pixels, shown)],
]);
