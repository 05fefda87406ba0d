/**
 * What `assets_test.ts` runs in a process of its own: sets addresses, codes a picture, and prints for each call its code of
 * failure or `"done"`.
 *
 * @module
 */
import { compress, decompress, setAssetUrls, VaeransError, WarmWorkers } from "../../mod.ts";
import { WorkerPool } from "../../src/batch/worker_pool.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import type { AssetsProgram } from "./assets_test.ts";

const { rounds, options, pretendHardware, warm, file: given, pool }: AssetsProgram = JSON.parse(Deno.args[0]);
/** The object, with one property another. */
function posing<T extends object>(target: T, name: string, value: unknown): T {
  return new Proxy(target, {
    get(_, key) {
      const own = key === name ? value : Reflect.get(target, key, target);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

if (pretendHardware) {
  const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
  navigator.gpu.requestAdapter = async (wanted) => {
    const adapter = (await request(wanted))!;
    return posing(adapter, "info", posing(adapter.info, "isFallbackAdapter", false));
  };
}
const picture = syntheticPicture(100, 70), warmWorkers = warm ? new WarmWorkers(2) : undefined;
const workers = pool ? new WorkerPool(2) : undefined;
for (const assets of rounds) {
  setAssetUrls(assets);
  const all = { ...options, ...warmWorkers && { workers: warmWorkers } };
  const call = async () => {
    if (workers) {
      const job = {
        action: "compress",
        source: pool!.source,
        target: pool!.target,
        options: all,
        measurePsnr: true,
      } as const;
      await workers.run(job);
      return;
    }
    const file = given ? await Deno.readFile(given) : await compress(picture, all),
      { runtime, device, workers: count } = all;
    await decompress(file, {
      ...runtime && { runtime },
      ...device && { device },
      ...count !== undefined && { workers: count },
    });
  };
  console.log(
    await call().then(() => "done", (error) => error instanceof VaeransError ? error.code : String(error)),
  );
}
warmWorkers?.close();
workers?.close();
