/**
 * How long a picture of a megapixel takes by each model, from pixels to a file and back, models loaded. Run:
 * `deno bench -R bench/codec_bench.ts`.
 */

import { compress, decompress, WarmWorkers } from "../mod.ts";
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(1024, 1024);
const workers = new WarmWorkers();
globalThis.addEventListener("unload", () => workers.close());

for (const [model, quality] of [["vaerans-8", 30], ["vaerans-4", 62], ["pixels", 90]] as const) {
  const options = { model, quality };
  const file = await compress(picture, options);
  const group = `megapixel, ${model} at quality ${quality}`;
  const bench = (name: string, baseline: boolean, fn: () => Promise<unknown>): void =>
    Deno.bench({
      name: `${name} ${model}`,
      group,
      baseline,
      n: 6,
      warmup: 1,
      fn: async () => void await fn(),
    });
  bench("decompress()", true, () => decompress(file, { workers: 0 }));
  if (model !== "pixels") bench("decompress(), warm workers", false, () => decompress(file, { workers }));
  bench("compress()", false, () => compress(picture, options));
}
