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
import { DEFAULT_TUNE } from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { writeWhole } from "../batch/whole_file.ts";
import { anatomyOf } from "./anatomy.ts";
import { parseAnchors } from "./anchors.ts";
import type { EvalCodec } from "./codecs.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { ModelStore, resolveModel } from "../models/store.ts";
import { codecOf, type CodecSpec } from "./codec_spec.ts";
import { FileCache } from "./file_cache.ts";
import { type FileAnatomy, type ReportData, reportDocument } from "./html/document.ts";
import { contentKey, type Contents, type Job, measureMissing } from "./measure_missing.ts";
import { EVAL_HELP, type EvalOptions, parseEvalOptions } from "./options.ts";
import { findPictures, loadPicture } from "./pictures.ts";
import { ResultStore } from "./results.ts";
import { type SideBySide, sideBySide } from "./side_by_side.ts";
import { bdTable, type BdTables, type CodecCurve, curvesOf, settingMeans } from "./summary.ts";
import { summaryMarkdown } from "./tables.ts";

/**
 * Runs the comparison.
 *
 * @param args The arguments; see {@linkcode EVAL_HELP}.
 * @returns The exit code: 0, 1 when something could not be measured, 2 after wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const config = await loadConfig();
    const options = parseEvalOptions(args, config);
    if (options) return await compare(options, config);
    console.log(EVAL_HELP);
    return 0;
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

function jobOf(spec: CodecSpec, qualities: readonly number[]): Job {
  return { codec: codecOf(spec), spec, qualities };
}

async function compare(options: EvalOptions, config: VaeransConfig): Promise<number> {
  const pictures = await findPictures(options.paths);
  if (pictures.length === 0) {
    throw new Error(`Cannot compare as there are no pictures in ${options.paths.join(", ")}`);
  }
  const models = new ModelStore(config);
  const own = await Promise.all(options.models.map(async (name) => {
    const model = await resolveModel(name, config, models);
    return options.efforts.flatMap((effort) =>
      options.tunes.map((tune) => {
        const choice = {
          ...(effort !== DEFAULT_EFFORT && { effort }),
          ...(tune !== DEFAULT_TUNE && { tune }),
        };
        return jobOf({ kind: "own", name, model, choice }, options.qualities);
      })
    );
  }));
  const jobs = [
    ...own.flat(),
    ...options.peers.map((name) => jobOf({ kind: "peer", name }, options.peerQualities)),
  ];
  await Deno.mkdir(options.output, { recursive: true });
  const forget = options.fresh.includes("all") ? jobs.map(({ codec }) => codec.name) : options.fresh;
  const store = await ResultStore.open(`${options.output}/results.tsv`, new Set(forget));
  const { contents, failures } = await measureMissing(pictures, jobs, store, {
    atATime: options.jobs,
    quiet: options.quiet,
  });
  const summary = await summarise(options, contents, store);
  const inside = await lookInside(options, pictures, contents, jobs, store);
  const document = await reportDocument({ ...summary, ...inside });
  await writeWhole(`${options.output}/report.html`, new TextEncoder().encode(document));
  return failures + inside.failures === 0 ? 0 : 1;
}

/** Writes and prints the means and BD-rates over this run's pictures, with all settings ever measured on them. */
async function summarise(
  options: EvalOptions,
  contents: Contents,
  store: ResultStore,
): Promise<Pick<ReportData, "notes" | "rows" | "means" | "curves" | "bd">> {
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
  const bd: BdTables = Object.fromEntries(
    options.metrics.map((metric) => [metric, bdTable(curves, anchorCurves, metric, options.bdRange)]),
  );
  const text = summaryMarkdown(means, bd, notes);
  const json = JSON.stringify({ pictures: names, means, bdRate: bd, notes });
  await Deno.writeTextFile(`${options.output}/summary.md`, text);
  await Deno.writeTextFile(`${options.output}/summary.json`, json + "\n");
  console.log(options.json ? json : text);
  return { notes, rows, means, curves: [...curves, ...anchorCurves], bd };
}

/** Encodes some of the pictures to equal bytes, and takes our files apart. */
async function lookInside(
  { show, showBpp, output, quiet }: EvalOptions,
  pictures: readonly SourceFile[],
  contents: Contents,
  jobs: readonly Job[],
  store: ResultStore,
): Promise<Pick<ReportData, "comparisons" | "anatomies"> & { failures: number }> {
  const count = Math.min(show, contents.size);
  const comparisons: SideBySide[] = [], anatomies: FileAnatomy[] = [];
  const cache = new FileCache(`${output}/files`);
  const progress = new Progress({
    title: "side by side",
    total: count * showBpp.length,
    unit: "comparisons",
    quiet: quiet || count === 0,
  });
  const codecs = jobs.map(({ codec }) => codec);
  let failures = 0;
  for (let i = 0; i < count; i++) {
    const { name, path } = pictures[Math.floor((i + 0.5) * pictures.length / count)];
    const { sha256, decode } = await loadPicture(path);
    for (const bpp of showBpp) {
      try {
        const source = await decode();
        const measured = store.rows.filter((row) => row.picture === name && row.sha256 === sha256);
        const knownBytes = ({ name }: EvalCodec) => {
          const settings = jobs.find(({ codec }) => codec.name === name)?.qualities ?? [];
          const rows = measured.filter(({ codec, setting }) => codec === name && settings.includes(setting));
          return new Map(rows.map(({ setting, bytes }) => [setting, bytes]));
        };
        const compared = await sideBySide({ name, sha256, source }, codecs, bpp, cache, knownBytes);
        comparisons.push(compared);
        for (const codec of codecs.filter(({ model }) => model !== undefined)) {
          const { file } = compared.files.find((file) => file.codec === codec.name)!;
          const folder = codec.model?.includes("/") ? codec.model : undefined;
          anatomies.push({ picture: name, bpp, ...await anatomyOf(file, source, folder) });
        }
        progress.advance(1, `${name} at ${bpp} bpp`);
      } catch (error) {
        failures++;
        progress.warn(`${name} at ${bpp} bpp: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  progress.finish();
  return { comparisons, anatomies, failures };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
