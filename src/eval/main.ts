/**
 * The comparison: `deno task eval <folder…>`.
 *
 * ```sh
 * deno run -R -W=report src/eval/main.ts photos/ -o report --peers webp,avif
 * ```
 *
 * @module
 */
import type { SourceFile } from "../batch/sources.ts";
import { report } from "../cli/fail.ts";
import { Progress } from "../cli/progress.ts";
import { parseAnchors } from "./anchors.ts";
import type { EvalCodec } from "./codecs.ts";
import { measure, warmUp } from "./measure.ts";
import { EVAL_HELP, type EvalOptions, parseEvalOptions } from "./options.ts";
import { ownCodec } from "./own.ts";
import { peerCodec } from "./peers.ts";
import { findPictures, loadPicture } from "./pictures.ts";
import { ResultStore } from "./results.ts";
import {
  BD_METRICS,
  type BdMetric,
  type BdTable,
  bdTable,
  type CodecCurve,
  curvesOf,
  settingMeans,
} from "./summary.ts";
import { summaryMarkdown } from "./tables.ts";

/** The run's distinct pictures: names by content and name, as two folders may both hold a `1.png`. */
type Contents = ReadonlyMap<string, string>;

interface Job {
  readonly codec: EvalCodec;
  readonly qualities: readonly number[];
}

/**
 * Runs the comparison.
 *
 * @param args The arguments; see {@linkcode EVAL_HELP}.
 * @returns The exit code: 0, 1 when something could not be measured, 2 after wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseEvalOptions(args);
    if (options) return await compare(options);
    console.log(EVAL_HELP);
    return 0;
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

async function compare(options: EvalOptions): Promise<number> {
  const pictures = await findPictures(options.paths);
  if (pictures.length === 0) {
    throw new Error(`Cannot compare as there are no pictures in ${options.paths.join(", ")}`);
  }
  const jobs: Job[] = [
    ...options.models.map((model) => ({ codec: ownCodec(model), qualities: options.qualities })),
    ...options.peers.map((peer) => ({ codec: peerCodec(peer), qualities: options.peerQualities })),
  ];
  await Deno.mkdir(options.output, { recursive: true });
  const forget = options.fresh.includes("all") ? jobs.map(({ codec }) => codec.name) : options.fresh;
  const store = await ResultStore.open(`${options.output}/results.tsv`, new Set(forget));
  const { contents, failures } = await measureMissing(pictures, jobs, store, options.quiet);
  await summarise(options, contents, store);
  return failures === 0 ? 0 : 1;
}

/** Measures what the store lacks, picture by picture, so that only one is in memory. */
async function measureMissing(
  pictures: readonly SourceFile[],
  jobs: readonly Job[],
  store: ResultStore,
  quiet: boolean,
): Promise<{ contents: Contents; failures: number }> {
  const contents = new Map<string, string>();
  const revisions = new Map<string, Promise<string>>();
  const revisionOf = (codec: EvalCodec, setting: number) => {
    const id = `${codec.name} ${setting}`;
    const revision = revisions.get(id) ?? warmUp(codec, setting);
    revisions.set(id, revision);
    return revision;
  };
  const total = pictures.length * jobs.reduce((sum, { qualities }) => sum + qualities.length, 0);
  const progress = new Progress({ title: "eval", total, unit: "measurements", quiet });
  let failures = 0;
  for (const { name, path } of pictures) {
    const loaded = await loadPicture(path);
    if (contents.has(contentKey(name, loaded.sha256))) continue; // the same picture, named twice
    contents.set(contentKey(name, loaded.sha256), name);
    let decoded: ReturnType<typeof loaded.decode> | undefined;
    for (const { codec, qualities } of jobs) {
      for (const setting of qualities) {
        const label = `${name} ${codec.name} ${setting}`;
        try {
          const revision = await revisionOf(codec, setting);
          const key = { codec: codec.name, setting, revision, picture: name, sha256: loaded.sha256 };
          if (store.has(key)) {
            progress.skip(1);
            continue;
          }
          const picture = await (decoded ??= loaded.decode());
          const figures = await measure(codec, picture, setting);
          await store.add({ ...key, width: picture.width, height: picture.height, ...figures });
          progress.advance(1, `${label}: ${figures.bpp.toFixed(3)} bpp, ${figures.psnr.toFixed(2)} dB`);
        } catch (error) {
          failures++;
          progress.skip(1);
          progress.warn(`${label}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  }
  progress.finish();
  return { contents, failures };
}

function contentKey(name: string, sha256: string): string {
  return `${sha256} ${name}`;
}

/** Writes and prints the means and BD-rates over this run's pictures, with all settings ever measured on them. */
async function summarise(
  options: EvalOptions,
  contents: Contents,
  store: ResultStore,
): Promise<void> {
  const names = [...contents.values()];
  const rows = store.rows.filter(({ picture, sha256 }) => contents.has(contentKey(picture, sha256)));
  const means = settingMeans(rows);
  const curves = curvesOf(means, names.length);
  const notes = [
    `Means over ${names.length} picture(s); settings that lack some are not in the BD-rates.`,
  ];
  let anchorCurves: readonly CodecCurve[] = [];
  if (options.anchors !== undefined) {
    const anchors = parseAnchors(await Deno.readTextFile(options.anchors), names);
    anchorCurves = anchors.curves;
    notes.push(
      anchors.samePictures
        ? `Anchors from ${options.anchors}, over the same pictures.`
        : `Anchors from ${options.anchors} are over other pictures: compare with care.`,
    );
  }
  if (options.bdRange) {
    const { minBpp, maxBpp } = options.bdRange;
    notes.push(`BD-rates over the qualities that the reference has between ${minBpp} and ${maxBpp} bpp.`);
  }
  const bd = Object.fromEntries(
    BD_METRICS.map((metric) => [metric, bdTable(curves, anchorCurves, metric, options.bdRange)]),
  ) as Record<BdMetric, BdTable>;
  const text = summaryMarkdown(means, bd, notes);
  const json = JSON.stringify({ pictures: names, means, bdRate: bd, notes });
  await Deno.writeTextFile(`${options.output}/summary.md`, text);
  await Deno.writeTextFile(`${options.output}/summary.json`, json + "\n");
  console.log(options.json ? json : text);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
