import { messageOf } from "../core/error_message.ts";
import type { SourceFile } from "../batch/sources.ts";
import { Progress } from "../cli/progress.ts";
import { mapInOrder } from "../concurrency/map_in_order.ts";
import type { CodecSpec } from "./codec_spec.ts";
import type { EvalCodec } from "./codecs.ts";
import { warmUp } from "./measure.ts";
import type { MeasurePool } from "./measure_pool.ts";
import { formatScore, type Metric, titleOf } from "./metrics/mod.ts";
import { loadPicture } from "./pictures.ts";
import type { ResultKey, ResultRow, ResultStore } from "./results.ts";

/** Distinct pictures: names by content and name, as two folders may both hold a `1.png`. */
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

/** Options of {@linkcode measureMissing}. */
export interface MeasureMissingOptions {
  /** What to compare by. */
  readonly metrics: readonly Metric[];
  /** Makes the measurements. */
  readonly pool: MeasurePool;
  /** How many at a time. */
  readonly atATime: number;
  /** No progress. */
  readonly quiet: boolean;
}

/**
 * Measures what the store lacks: whole rows, and metrics of rows.
 *
 * @param pictures What to measure on; the same picture named twice counts once.
 * @param jobs Codecs and settings.
 * @param store Gets a row per measurement, as they are made.
 * @param options Metrics, pool and progress.
 * @returns The pictures, and how many measurements failed.
 */
export async function measureMissing(
  pictures: readonly SourceFile[],
  jobs: readonly Job[],
  store: ResultStore,
  { metrics, pool, atATime, quiet }: MeasureMissingOptions,
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
      progress.warn(`${label}: ${messageOf(error)}`);
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
          if (lackedBy(store.get(key), metrics)) missing.push({ key, codec: spec, path });
          else progress.skip(1);
        });
      }
    }
  }
  await mapInOrder(missing.length, atATime, async (index) => {
    const { key, codec, path } = missing[index], { setting, picture } = key;
    const label = labelOf(picture, key.codec, setting);
    await attempt(label, async () => {
      const measureBy = async (wanted: readonly Metric[]) => {
        const ids = wanted.map(({ id }) => id);
        return { ...key, ...await pool.measure({ codec, setting, path, metrics: ids }) };
      };
      const old = store.get(key);
      let row: ResultRow = await measureBy(lackedBy(old, metrics) ?? []);
      // The row keeps its times and scores if this is the same file.
      if (old?.bytes === row.bytes) row = { ...old, scores: { ...old.scores, ...row.scores } };
      else if (old) row = await measureBy(metrics);
      await store.add(row);
      progress.advance(1, `${label}: ${row.bpp.toFixed(3)} bpp${firstScore(row, metrics)}`);
    });
  });
  progress.finish();
  return { contents, failures };
}

/** Metrics that are still to be measured; `undefined` when the row is there and holds all. */
function lackedBy(row: ResultRow | undefined, metrics: readonly Metric[]): readonly Metric[] | undefined {
  if (!row) return metrics;
  const lacked = metrics.filter(({ id }) => row.scores[id] === undefined);
  return lacked.length > 0 ? lacked : undefined;
}

function firstScore({ scores }: ResultRow, [metric]: readonly Metric[]): string {
  return metric ? `, ${titleOf(metric)} ${formatScore(metric, scores[metric.id])}` : "";
}

function labelOf(picture: string, codec: string, setting: number): string {
  return `${picture} ${codec} ${setting}`;
}
