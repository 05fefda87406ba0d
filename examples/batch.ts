/**
 * Pictures of mixed sizes as one batch: results come in the order of the pictures, and one that fails does not lose the
 * others. The pipe reports progress and would stop at an `AbortSignal`.
 *
 *     deno run -R examples/batch.ts
 */
import { World } from "@vaerans/vaerans";
import { ANSBitstream, RGB } from "@vaerans/vaerans/components";
import { ANSEncode, Hadamard4, OnnxVAEEncode, QuantizeU8, WaveletCDF53 } from "@vaerans/vaerans/systems";
import { type ComponentType, type Entity, System } from "@vaerans/vaerans/core";
import type { KernelWorld } from "@vaerans/vaerans/kernels";
import { loadModel } from "@vaerans/vaerans/models";
import { drawn } from "./picture.ts";

/** Lets pass what has at most so many pixels. */
class LimitPixels extends System<RGB, RGB> {
  readonly mode = "check";
  readonly required: readonly ComponentType<RGB>[] = [RGB];
  readonly produced: readonly ComponentType<RGB>[] = [RGB];

  constructor(readonly pixels: number) {
    super();
  }

  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const [height, width] = world.get(entity, RGB).pixels.shape;
      if (width * height > this.pixels) throw new RangeError(`${width}×${height} is too large`);
    }
  }
}

const world = new World();
const sizes = [[96, 64], [640, 480], [61, 47], [96, 64]];
const entities = sizes.map(([width, height]) => world.spawnImage(drawn(width, height)));

const results = await world.pipe(entities, {
  onError: "collect",
  signal: AbortSignal.timeout(60_000),
  onProgress: ({ done, total, step }) =>
    console.log(`${done} of ${total}${step === undefined ? "" : `: ${step}`}`),
})
  .to(new LimitPixels(100_000))
  .to(new OnnxVAEEncode(await loadModel("vaerans-8"))) // one inference a size
  .to(new Hadamard4("forward"))
  .to(new WaveletCDF53("forward"))
  .to(new QuantizeU8("forward", { step: 0.3 }))
  .to(new ANSEncode())
  .out(ANSBitstream);

for (const [index, result] of results.entries()) {
  const size = sizes[index].join("×");
  if (result.status === "fulfilled") {
    const bytes = result.value.sections.reduce((sum, section) => sum + section.byteLength, 0);
    console.log(`${size}: ${bytes} bytes`);
  } else {
    console.log(`${size}: ${result.reason.message}`);
  }
}
