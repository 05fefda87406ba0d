import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { World } from "../mod.ts";
import { ANSBitstream, Psnr, QuantizedPyr, ReconRGB, type RGB, Ycc3 } from "../src/components/mod.ts";
import {
  ANSDecode,
  ANSEncode,
  ColourYcc,
  GaussianBlur,
  Hadamard4,
  MetricPsnr,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  WaveletCDF53,
  WaveletCdf97,
} from "../src/systems/mod.ts";
import { type Entity, GpuError } from "../src/core/mod.ts";
import { GpuWorld } from "../src/gpu_world.ts";
import { loadModel } from "../src/models/mod.ts";
import type { PictureLike, PictureWorld } from "../src/world.ts";
import { sharedGpu } from "../src/kernels/gpu/device.ts";
import { gpuTest } from "./gpu.ts";
import { randomSource } from "./random.ts";
import { watchBuffers } from "./watch_buffers.ts";

const model = await loadModel("vaerans-8");
const ARENA_BYTES = 2 ** 25;

/** Smooth with an edge and a little noise. */
function picture(width: number, height: number, seed: number): PictureLike {
  const next = randomSource(seed), data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width), edge = x > y ? 70 : 0;
    data[4 * i] = 90 + 60 * Math.sin((x + seed) / 9) + edge + 8 * next();
    data[4 * i + 1] = 110 + 50 * Math.cos(y / 7) + edge / 2;
    data[4 * i + 2] = 60 + x + y;
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}

function encode(world: PictureWorld, entities: Entity<RGB>[]): Promise<ANSBitstream[]> {
  return world.pipe(entities)
    .to(new OnnxVAEEncode(model)).to(new Hadamard4("forward")).to(new WaveletCDF53("forward"))
    .to(new QuantizeU8("forward", { step: 0.02 })).to(new ANSEncode())
    .out(ANSBitstream);
}

function decode(world: PictureWorld, entities: Entity<ANSBitstream>[]): Promise<ReconRGB[]> {
  return world.pipe(entities)
    .to(new ANSDecode()).to(new QuantizeU8("inverse")).to(new WaveletCDF53("inverse"))
    .to(new Hadamard4("inverse")).to(new OnnxVAEDecode(model))
    .out(ReconRGB);
}

/** Takes a stream from one world into another. */
function moved(from: PictureWorld, to: PictureWorld, stream: ANSBitstream): Entity<ANSBitstream> {
  const sections = stream.sections.map((section) => {
    const ref = to.host.allocate(section.shape, "u8");
    to.host.write(ref, from.host.view(section).slice());
    return ref;
  });
  const { coder, layout, quant, picture } = stream;
  return to.add(to.newEntity(), new ANSBitstream(sections, coder, layout, quant, picture));
}

async function shownBytes(world: PictureWorld, { pixels }: ReconRGB): Promise<Uint8Array> {
  const target = world.host.allocate([...pixels.shape.slice(0, 2), 4], "u8");
  await world.kernels.rgbToRgba8(pixels, target);
  return world.host.view(target).slice();
}

gpuTest(
  "what one device encodes, the other decodes: same symbols, pixels within 1/255 but for 0.1%",
  async () => {
    const worlds = [new World({ arenaBytes: ARENA_BYTES }), await GpuWorld.open({ arenaBytes: ARENA_BYTES })];
    for (const encoder of worlds) {
      const entities = [[96, 64], [50, 41], [96, 64]].map(([w, h], i) =>
        encoder.spawnImage(picture(w, h, i))
      );
      const streams = await encode(encoder, entities);
      const shown: Uint8Array[][] = [];
      for (const decoder of worlds) {
        const copies = streams.map((stream) => moved(encoder, decoder, stream));
        const recons = await decode(decoder, copies);
        for (const [i, copy] of copies.entries()) {
          const expected = encoder.get(entities[i], QuantizedPyr), actual = decoder.get(copy, QuantizedPyr);
          assertEquals(decoder.host.view(actual.coefficients), encoder.host.view(expected.coefficients));
        }
        shown.push(await Promise.all(recons.map((recon) => shownBytes(decoder, recon))));
      }
      for (const [i, expected] of shown[0].entries()) {
        const errors = expected.map((byte, k) => Math.abs(byte - shown[1][i][k]));
        assert(errors.every((error) => error <= 2));
        assert(errors.filter((error) => error > 1).length <= errors.length / 1000);
      }
    }
    worlds.forEach((world) => world.arena.destroy());
  },
);

gpuTest("nothing leaves the GPU but the symbols, in one readback, and at the end the pixels", async () => {
  const world = await GpuWorld.open({ arenaBytes: ARENA_BYTES });
  const entities = world.spawnBatchImages([picture(64, 48, 1), picture(64, 48, 2)]);
  const watch = watchBuffers(world.device);
  try {
    const streams = await encode(world, entities);
    const symbols = 2 * 4 * 8 * 6, room = Math.ceil(symbols / 16) + 64;
    assertEquals(watch.readbacks, [Math.ceil(symbols / 256) * 256 + 4 + 8 * room]);
    watch.readbacks.length = 0;
    const [recon] = await decode(world, streams.map((stream) => moved(world, world, stream)));
    assertEquals(watch.readbacks, []);
    await shownBytes(world, recon);
    assertEquals(watch.readbacks, [4 * 64 * 48]);
  } finally {
    watch.stop();
    world.destroy();
  }
});

gpuTest("with optimised quantisation the one readback is the scaled coefficients", async () => {
  const world = await GpuWorld.open({ arenaBytes: ARENA_BYTES });
  const entity = world.spawnImage(picture(64, 48, 1)), watch = watchBuffers(world.device);
  try {
    await world.pipe(entity)
      .to(new OnnxVAEEncode(model)).to(new Hadamard4("forward")).to(new WaveletCDF53("forward"))
      .to(new QuantizeU8("forward", { step: 0.02, optimise: { effort: 5 } })).to(new ANSEncode())
      .run();
    assertEquals(watch.readbacks, [4 * 4 * 8 * 6]);
  } finally {
    watch.stop();
    world.destroy();
  }
});

gpuTest("a batch is one inference, and a dispatch a kernel whatever its size", async () => {
  const world = await GpuWorld.open({ arenaBytes: ARENA_BYTES });
  const { queue } = await sharedGpu();
  const dispatch = queue.dispatch.bind(queue), encodeOnGpu = model.encodeOnGpu.bind(model);
  const counts: { inferences: number; dispatches: number }[] = [];
  for (const size of [1, 5]) {
    const entities = world.spawnBatchImages(Array.from({ length: size }, (_, i) => picture(32, 32, i)));
    const count = { inferences: 0, dispatches: 0 };
    model.encodeOnGpu = (device, input) => (count.inferences++, encodeOnGpu(device, input));
    queue.dispatch = (one) => (count.dispatches++, dispatch(one));
    try {
      await encode(world, entities);
    } finally {
      model.encodeOnGpu = encodeOnGpu;
      queue.dispatch = dispatch;
    }
    counts.push(count);
  }
  // Pixels in, rotation, three levels, quantiser.
  assertEquals(counts, [{ inferences: 1, dispatches: 6 }, { inferences: 1, dispatches: 6 }]);
  world.destroy();
});

gpuTest("a batch of 100 pictures, three times in one world: memory stays flat after the first", async () => {
  const world = await GpuWorld.open({ arenaBytes: ARENA_BYTES });
  const pictures = Array.from({ length: 100 }, (_, i) => picture(8, 8, i));
  const watch = watchBuffers(world.device);
  const held: number[][] = [];
  try {
    for (let round = 0; round < 3; round++) {
      const streams = await encode(world, world.spawnBatchImages(pictures));
      assertEquals(streams.length, 100);
      const { arena } = world;
      held.push([
        arena.bufferCount,
        arena.bufferBytes,
        arena.stats().peakBytes,
        watch.liveCount(),
        watch.liveBytes(),
      ]);
      world.clear();
    }
  } finally {
    watch.stop();
    world.destroy();
  }
  assertEquals(held[1], held[0]);
  assertEquals(held[2], held[0]);
});

gpuTest(
  "a trace tells the time that kernels took on the GPU, where the device has timestamps",
  async (gpu) => {
    const world = await GpuWorld.open({ arenaBytes: ARENA_BYTES, trace: { gpuTimes: true } });
    await world.pipe(world.spawnImage(picture(64, 48, 1)))
      .to(new ColourYcc("forward")).to(new WaveletCdf97("forward", { planes: Ycc3 }))
      .run();
    const timed = gpu.device.features.has("timestamp-query");
    for (const { gpuMilliseconds, milliseconds } of world.trace.records) {
      assertEquals(gpuMilliseconds !== undefined, timed);
      if (timed) assert(gpuMilliseconds! > 0 && gpuMilliseconds! <= milliseconds);
    }
    assertEquals(world.trace.records.length, 2);
    world.destroy();
  },
);

gpuTest("pixel streams, blur and metrics run on the GPU too", async () => {
  const source = picture(61, 47, 3);
  const scores: number[] = [];
  for (
    const world of [new World({ arenaBytes: ARENA_BYTES }), await GpuWorld.open({ arenaBytes: ARENA_BYTES })]
  ) {
    const entity = world.spawnImage(source);
    const score = await world.pipe<RGB>(entity)
      .to(new ColourYcc("forward")).to(new WaveletCdf97("forward", { levels: 4, planes: Ycc3 }))
      .to(new QuantizeU8("forward", { step: 8 })).to(new QuantizeU8("inverse"))
      .to(new WaveletCdf97("inverse", { planes: Ycc3 })).to(new ColourYcc("inverse"))
      .to(new MetricPsnr())
      .to(new GaussianBlur({ sigma: 1.5 }))
      .out(Psnr);
    scores.push(score.decibels);
    world.arena.destroy();
  }
  assertAlmostEquals(scores[0], scores[1], 0.01);
});

gpuTest("a software adapter is refused where a real GPU is asked for", async (gpu) => {
  if (!gpu.isSoftware) return;
  const error = await assertRejects(() => sharedGpu({ allowSoftware: false }), GpuError, gpu.adapterName);
  assertEquals(error.code, "gpu-unavailable");
});
