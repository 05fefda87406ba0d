/**
 * CPU kernels beside a typed-array copy of the same bytes. Sizes are latents: "photo" is 768×512 at f = 8, "megapixel"
 * is 1024×1024 at f = 4, "large" 4096×4096 at f = 4.
 */
import { CpuArena, pyramidLayout } from "../mod.ts";
import { CpuKernels } from "../src/kernels/cpu/cpu_kernels.ts";
import { WasmKernels } from "../src/kernels/cpu/wasm_kernels.ts";

const SIZES = { photo: [96, 64], megapixel: [256, 256], large: [1024, 1024] } as const;

for (const [name, [width, height]] of Object.entries(SIZES)) {
  const arena = new CpuArena(2 ** 28);
  const simd = new WasmKernels(arena), plain = new CpuKernels(arena);
  const source = arena.allocate([4, height, width], "f32"),
    target = arena.allocate([4, height, width], "f32");
  const sourceValues = arena.view(source), targetValues = arena.view(target);
  for (let i = 0; i < sourceValues.length; i++) sourceValues[i] = Math.sin(i) * 20;
  const group = `${name}, 4×${height}×${width}`;

  Deno.bench({ name: `copy ${name}`, group, baseline: true, fn: () => targetValues.set(sourceValues) });
  Deno.bench({
    name: `copy in a loop ${name}`,
    group,
    fn: () => {
      for (let i = 0; i < sourceValues.length; i++) targetValues[i] = sourceValues[i];
    },
  });
  Deno.bench({ name: `hadamard4 ${name}`, group, fn: () => simd.hadamard4(source, target) });
  for (const wavelet of ["cdf53", "haar", "cdf97"] as const) {
    for (const levels of [1, 4]) {
      const layout = pyramidLayout(wavelet, levels, { channels: 4, width, height });
      const packed = arena.allocate([layout.coefficientCount], "f32");
      Deno.bench({
        name: `${wavelet} forward ${levels} level ${name}`,
        group,
        fn: () => simd.waveletForward(source, packed, layout),
      });
      Deno.bench({
        name: `${wavelet} inverse ${levels} level ${name}`,
        group,
        fn: () => simd.waveletInverse(packed, target, layout),
      });
    }
  }
  const layout = pyramidLayout("cdf53", 4, { channels: 4, width, height });
  const steps = new Float32Array(layout.bands.length).fill(0.5);
  const symbols = arena.allocate([layout.coefficientCount], "i32");
  Deno.bench({
    name: `quantise ${name}`,
    group,
    fn: () => simd.quantize(source, symbols, layout, { steps, rounding: 0.5, mostlySmall: true }),
  });
  Deno.bench({
    name: `dequantise ${name}`,
    group,
    fn: () => simd.dequantize(symbols, target, layout, steps),
  });
  if (name === "photo") {
    Deno.bench({
      name: `plain TypeScript hadamard4 ${name}`,
      group,
      fn: () => plain.hadamard4(source, target),
    });
    Deno.bench({
      name: `plain TypeScript cdf53 forward 4 level ${name}`,
      group,
      fn: () => plain.waveletForward(source, target, layout),
    });
  }
}
