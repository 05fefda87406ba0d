/**
 * GPU kernels beside a copy of as many bytes between two buffers of the same device; skipped without an adapter. A batch of
 * eight latents of a megapixel each at f = 4, (8, 4, 256, 256), and one picture's pixels. Every run waits for the device.
 */
import { GpuWorld } from "../src/gpu_world.ts";
import { pyramidLayout } from "../src/core/mod.ts";
import { benchGroup, type Subject } from "./throughput.ts";

const SHAPE = [8, 4, 256, 256], COUNT = 8 * 4 * 256 * 256, BYTES = 4 * COUNT;
const world = await GpuWorld.open().catch(() => undefined);
const name = `GPU, ${world?.adapterName ?? "no adapter"}, 8×4×256×256`;

if (world) benchGroup({ name, bytes: BYTES, copy: copyBetweenBuffers(world) }, subjectsOf(world));
else benchGroup({ name, bytes: BYTES, skipReason: "there is no GPU adapter" }, []);

function copyBetweenBuffers({ device }: GpuWorld): () => Promise<void> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [0, 1].map(() => device.createBuffer({ size: BYTES, usage }));
  return async () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, BYTES);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
}

function subjectsOf({ arena, kernels, host }: GpuWorld): Subject[] {
  const source = arena.allocate(SHAPE, "f32"), target = arena.allocate(SHAPE, "f32");
  arena.write(source, Float32Array.from({ length: COUNT }, (_, i) => Math.sin(i) * 20));
  // Four bytes back: everything before them has then run.
  const wait = () => arena.read(arena.subref(arena.subref(arena.subref(arena.subref(target, 0), 0), 0), 0));
  const layout = pyramidLayout("cdf53", 4, { channels: 4, width: 256, height: 256 });
  const steps = new Float32Array(layout.bands.length).fill(0.5);
  const symbols = host.allocate([8, layout.coefficientCount], "i32");
  const pixels = arena.allocate([1, 1024, 512, 3], "u8"), planes = arena.allocate([1, 3, 1024, 512], "f32");
  const shown = arena.allocate([1, 1024, 512, 3], "f32"), range = { scale: 2, shift: -1 };
  const subjects: Subject[] = [
    ["GPU hadamard4", () => kernels.hadamard4(source, target)],
    ["GPU affine", () => kernels.affine(source, target, 2, 1)],
    ...(["cdf53", "haar", "cdf97"] as const).flatMap((wavelet) =>
      [1, 4].flatMap((levels): Subject[] => {
        const layout = pyramidLayout(wavelet, levels, { channels: 4, width: 256, height: 256 });
        return [
          [`GPU ${wavelet} forward ${levels} level`, () => kernels.waveletForward(source, target, layout)],
          [`GPU ${wavelet} inverse ${levels} level`, () => kernels.waveletInverse(source, target, layout)],
        ];
      })
    ),
    [
      "GPU quantize, with the readback",
      () => kernels.quantize(source, symbols, layout, { steps, rounding: 0.5, mostlySmall: true }),
    ],
    [
      "GPU dequantize, with the upload",
      () => kernels.dequantize(symbols, target, layout, steps),
    ],
    ["GPU rgbToPlanar 1024×512", () => kernels.rgbToPlanar(pixels, planes, range)],
    ["GPU planarToRgb 1024×512", () => kernels.planarToRgb(planes, shown, range)],
  ];
  return subjects.map(([name, run]) => [name, async () => {
    await run();
    await wait();
  }]);
}
