import type { SourceFile } from "../batch/sources.ts";
import { Progress } from "../cli/progress.ts";
import { mapInOrder } from "../concurrency/map_in_order.ts";
import type { CodecSpec } from "./codec_spec.ts";
import type { EvalCodec } from "./codecs.ts";
import { warmUp } from "./measure.ts";
import { MeasurePool } from "./measure_pool.ts";
import { loadPicture } from "./pictures.ts";
import type { ResultKey, ResultStore } from "./results.ts";

/** The run's distinct pictures: names by content and name, as two folders may both hold a `1.png`. */
export type Contents = ReadonlyMap<string, string>;

/** A codec, and the settings to measure it at. */
export interface Job {
  /** The codec, for this thread. */
  readonly codec: EvalCodec;
  /** The same, for workers. */
  readonly spec: CodecSpec;
  /** Its settings. */
  readonly qualities: readonly number[];
}

/** Key of a picture in {@linkcode Contents}. */
export function contentKey(name: string, sha256: string): string {
  return `${sha256} ${name}`;
}

/**
 * Measures what the store lacks.
 *
 * @param pictures What to measure on; the same picture named twice counts once.
 * @param jobs Codecs and settings.
 * @param store Gets a row a measurement, as they are made.
 * @param options How many measurements at a time, and whether to show progress.
 * @returns The pictures, and how many measurements failed.
 */
export async function measureMissing(
  pictures: readonly SourceFile[],
  jobs: readonly Job[],
  store: ResultStore,
  { atATime, quiet }: { readonly atATime: number; readonly quiet: boolean },
): Promise<{ contents: Contents; failures: number }> {
  const total = pictures.length * jobs.reduce((sum, { qualities }) => sum + qualities.length, 0);
  const progress = new Progress({ title: "eval", total, unit: "measurements", quiet });
  let failures = 0;
  const attempt = async (label: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failures++;
      progress.skip(1);
      progress.warn(`${label}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const contents = new Map<string, string>(), revisions = new Map<string, Promise<string>>();
  const missing: { readonly key: ResultKey; readonly codec: CodecSpec; readonly path: string }[] = [];
  for (const { name, path } of pictures) {
    const { sha256 } = await loadPicture(path);
    if (contents.has(contentKey(name, sha256))) continue;
    contents.set(contentKey(name, sha256), name);
    for (const { codec, spec, qualities } of jobs) {
      for (const setting of qualities) {
        await attempt(labelOf(name, codec.name, setting), async () => {
          const id = `${codec.name} ${setting}`, revision = revisions.get(id) ?? warmUp(codec, setting);
          revisions.set(id, revision);
          const key = { codec: codec.name, setting, revision: await revision, picture: name, sha256 };
          if (store.has(key)) progress.skip(1);
          else missing.push({ key, codec: spec, path });
        });
      }
    }
  }
  const pool = new MeasurePool(atATime);
  try {
    await mapInOrder(missing.length, atATime, async (index) => {
      const { key, codec, path } = missing[index], { setting, picture } = key;
      const label = labelOf(picture, key.codec, setting);
      await attempt(label, async () => {
        const figures = await pool.measure({ codec, setting, path });
        await store.add({ ...key, ...figures });
        progress.advance(1, `${label}: ${figures.bpp.toFixed(3)} bpp, ${figures.psnr.toFixed(2)} dB`);
      });
    });
  } finally {
    pool.close();
  }
  progress.finish();
  return { contents, failures };
}

function labelOf(picture: string, codec: string, setting: number): string {
  return `${picture} ${codec} ${setting}`;
}
