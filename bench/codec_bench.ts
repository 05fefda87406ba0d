/**
 * A picture of a megapixel by each model, from pixels to a file and back, models loaded. Run:
 * `deno bench -R bench/codec_bench.ts`.
 */

import { compress, decompress, WarmWorkers } from "../mod.ts";
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";
import { benchGroup, mayRead } from "./throughput.ts";

const picture = syntheticPicture(1024, 1024);
const canLoad = await mayRead(new URL("../models/", import.meta.url));

for (const [model, quality] of [["vaerans-8", 30], ["vaerans-4", 62], ["pixels", 90]] as const) {
  const group = {
    name: `megapixel, ${model} at quality ${quality}`,
    bytes: picture.data.byteLength,
    pixels: picture.width * picture.height,
    runs: 4,
  };
  if (!canLoad) {
    benchGroup({ ...group, skipReason: "models need read access (-R)" }, []);
    continue;
  }
  const options = { model, quality }, file = await compress(picture, options);
  benchGroup(group, [
    ["decompress()", async () => await decompress(file, { workers: 0 })],
    ...model === "pixels" ? [] : [withWarmWorkers(file)],
    ["compress()", async () => await compress(picture, options)],
  ]);
}

function withWarmWorkers(file: Uint8Array): [string, () => Promise<unknown>] {
  const workers = new WarmWorkers();
  globalThis.addEventListener("unload", () => workers.close());
  return ["decompress(), warm workers", async () => await decompress(file, { workers })];
}
