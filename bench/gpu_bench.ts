/**
 * GPU kernels beside a copy of as many bytes between two buffers of the same device; skipped without an adapter. A batch of
 * eight latents of a megapixel each at f = 4, (8, 4, 256, 256), and of one picture's pixels. Every run waits for the device.
 */
import { GpuWorld, pyramidLayout } from "../mod.ts";

const world = await GpuWorld.open().catch(() => undefined);
const group = `GPU, ${world?.adapterName ?? "no adapter"}, 8×4×256×256`;
const ignore = world === undefined;

if (world) {
  const { arena, kernels, device, host } = world;
  const shape = [8, 4, 256, 256], count = 8 * 4 * 256 * 256;
  const source = arena.allocate(shape, "f32"), target = arena.allocate(shape, "f32");
  arena.write(source, Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 20));
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [0, 1].map(() => device.createBuffer({ size: 4 * count, usage }));
  // Four bytes back: everything before them has then run.
  const wait = () => arena.read(arena.subref(arena.subref(arena.subref(arena.subref(target, 0), 0), 0), 0));
  const bench = (name: string, run: () => unknown, baseline = false) =>
    Deno.bench({
      name,
      group,
      baseline,
      ignore,
      fn: async () => {
        await run();
        await wait();
      },
    });
  bench("copy between buffers", () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, 4 * count);
    device.queue.submit([encoder.finish()]);
  }, true);
  bench("hadamard4", () => kernels.hadamard4(source, target));
  bench("affine", () => kernels.affine(source, target, 2, 1));
  for (const wavelet of ["cdf53", "haar", "cdf97"] as const) {
    for (const levels of [1, 4]) {
      const layout = pyramidLayout(wavelet, levels, { channels: 4, width: 256, height: 256 });
      bench(`${wavelet} forward ${levels} level`, () => kernels.waveletForward(source, target, layout));
      bench(`${wavelet} inverse ${levels} level`, () => kernels.waveletInverse(source, target, layout));
    }
  }
  const layout = pyramidLayout("cdf53", 4, { channels: 4, width: 256, height: 256 });
  const steps = new Float32Array(layout.bands.length).fill(0.5);
  const symbols = host.allocate([8, layout.coefficientCount], "i32");
  bench(
    "quantise, with the readback",
    () => kernels.quantize(source, symbols, layout, { steps, rounding: 0.5, mostlySmall: true }),
  );
  bench(
    "dequantise, with the upload",
    () => kernels.dequantize(symbols, target, layout, steps),
  );
  const pixels = arena.allocate([1, 1024, 512, 3], "u8"), planes = arena.allocate([1, 3, 1024, 512], "f32");
  const range = { scale: 2, shift: -1 };
  bench("rgbToPlanar 1024×512", () => kernels.rgbToPlanar(pixels, planes, range));
  const shown = arena.allocate([1, 1024, 512, 3], "f32");
  bench("planarToRgb 1024×512", () => kernels.planarToRgb(planes, shown, range));
}
