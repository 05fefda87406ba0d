import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, WarmWorkers } from "../../../mod.ts";
import { loadModel } from "../../../src/models/mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { streamsOf } from "../../../src/codec/streams/streams_of_file.ts";
import { decodingBytes, netBytes } from "../../../src/codec/streams/decoding_memory.ts";
import { COLD_WORKERS } from "../../../src/codec/run/warm_workers.ts";
import { readContainer } from "../../../src/format/mod.ts";
import { plannedNet } from "../../../src/kernels/cpu/net/planned_net.ts";

/** Tells how many workers start while `work` runs. */
async function startedBy(work: () => Promise<unknown>): Promise<number> {
  const { take } = COLD_WORKERS;
  let started = 0;
  COLD_WORKERS.take = () => {
    started++;
    return take();
  };
  try {
    await work();
  } finally {
    COLD_WORKERS.take = take;
  }
  return started;
}

async function bytesWith(file: Uint8Array, threads: number): Promise<number> {
  const { header, sections } = readContainer(file);
  const { width, height } = header, streams = await streamsOf(header, sections, undefined);
  return decodingBytes(header, streams, { x: 0, y: 0, width, height }, threads);
}

const picture = syntheticPicture(256, 192);
const alpha = { ...picture, data: picture.data.map((value, i) => i % 4 === 3 ? i >> 8 & 255 : value) };

for (
  const [name, options] of Object.entries({
    latent: { quality: 30, model: "vaerans-8" },
    lossless: { lossless: true },
  })
) {
  Deno.test(`a limit of memory takes workers away, then refuses: a ${name} picture in tiles`, async () => {
    const file = await compress(name === "lossless" ? alpha : picture, { ...options, tileSide: 64 });
    const right = await decompress(file, { workers: 0 });
    const needed = await Promise.all([1, 2, 3].map((threads) => bytesWith(file, threads)));
    assert(needed.every((bytes, i) => i === 0 || bytes > needed[i - 1] + 2 ** 20), needed.join());
    for (const [threads, maxMemoryBytes] of needed.map((bytes, i) => [i + 1, bytes])) {
      const started = await startedBy(async () => {
        assertEquals((await decompress(file, { workers: 3, maxMemoryBytes })).data, right.data);
      });
      assertEquals(started, threads);
    }
    for (const workers of [3, 0]) {
      const started = await startedBy(async () => {
        const run = () => decompress(file, { workers, maxMemoryBytes: needed[0] - 1 });
        assertEquals((await assertRejects(run, BitstreamError)).code, "memory-limit");
      });
      assertEquals(started, 0);
    }
  });
}

Deno.test("a limit of memory takes workers away from a picture in one piece, and from warm ones", async () => {
  const file = await compress(syntheticPicture(1024, 640), { quality: 20, model: "vaerans-8", workers: 0 });
  const right = await decompress(file, { workers: 0 });
  const needed = await Promise.all([1, 2, 3].map((threads) => bytesWith(file, threads)));
  assert(needed[1] < needed[2]);
  for (const [others, maxMemoryBytes] of [[2, needed[2]], [1, needed[1]]]) {
    const started = await startedBy(async () => {
      using workers = new WarmWorkers(2);
      assertEquals((await decompress(file, { workers, maxMemoryBytes })).data, right.data);
    });
    assertEquals(started, others);
  }
});

Deno.test("the estimate of a net's memory covers what the nets' plans take", async () => {
  for (const [model, downsampling] of [["vaerans-4", 4], ["vaerans-8", 8]] as const) {
    const plan = (await (await loadModel(model)).planOf("decoder"))!, net = plannedNet(plan);
    for (const side of [64, 256, 1000, 2048, 3000]) {
      // The arena's estimate has room for what goes in and comes out.
      const taken = net.bytesFor(side / downsampling, side / downsampling);
      assert(taken < netBytes(side, side), `${model}, ${side}: ${taken}`);
      if (side >= 2048) {
        assert(netBytes(side, side) - netBytes(0, 0) < 1.2 * taken, "the estimate is not far above");
      }
    }
  }
});
