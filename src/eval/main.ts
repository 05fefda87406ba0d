/**
 * The comparison: `deno task eval <folder…>`.
 *
 * ```sh
 * deno run -R -W=report src/eval/main.ts photos/ -o report --peers webp,avif
 * ```
 *
 * @module
 */
import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import type { SourceFile } from "../batch/sources.ts";
import { report } from "../cli/fail.ts";
import { helpOf } from "../cli/options/help.ts";
import { Progress } from "../cli/progress.ts";
import { DEFAULT_TUNE } from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { writeWhole } from "../batch/whole_file.ts";
import { breakdownOf } from "./breakdown.ts";
import { parseAnchors } from "./anchors.ts";
import type { EvalCodec } from "./codecs.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { ModelStore, resolveModel } from "../models/store.ts";
import { codecOf, type CodecSpec } from "./codec_spec.ts";
import { FileCache } from "./file_cache.ts";
import { probePicture } from "./measure.ts";
import { MeasurePool } from "./measure_pool.ts";
import { availableMetrics, type Metric, metricsIn, MetricTools, type ToolSettings } from "./metrics/mod.ts";
import { type FileBreakdown, reportDocument, type SetReport } from "./html/document.ts";
import { contentKey, type Contents, type Job, measureMissing } from "./measure_missing.ts";
import { EVAL, type EvalOptions, parseEvalOptions } from "./options.ts";
import { picturesOf } from "./picture_sets.ts";
import { loadPicture } from "./pictures.ts";
import { ResultStore } from "./results.ts";
import { type SideBySide, sideBySide } from "./side_by_side.ts";
import { bdTable, type CodecCurve, curvesOf, settingMeans } from "./summary.ts";
import { summaryMarkdown } from "./tables.ts";

/**
 * Runs the comparison.
 *
 * @param args The arguments; see {@linkcode EVAL}.
 * @returns The exit code: 0, 1 when something could not be measured, 2 after wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const config = await loadConfig();
    const options = parseEvalOptions(args, config);
    if (options) return await compare(options, config);
    console.log(helpOf(EVAL));
    return 0;
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

function jobOf(spec: CodecSpec, qualities: readonly number[]): Job {
  return { codec: codecOf(spec), spec, qualities };
}

async function compare(options: EvalOptions, config: VaeransConfig): Promise<number> {
  await Deno.mkdir(options.output, { recursive: true });
  const sets: MeasuredSet[] = [];
  for (const set of options.sets) {
    sets.push({
      ...set.name !== undefined && { name: set.name },
      pictures: await picturesOf(set, `${options.output}/sets`),
    });
  }
  const jobs = await jobsOf(options, config);
  const forget = options.fresh.includes("all") ? jobs.map(({ codec }) => codec.name) : options.fresh;
  const store = await ResultStore.open(`${options.output}/results.tsv`, new Set(forget));
  return await withTools(options, async (tools, metrics, settings) => {
    const pool = new MeasurePool(options.jobs, tools, settings);
    const reports: SetReport[] = [], inside: Inside = { comparisons: [], breakdowns: [] };
    let failures = 0;
    try {
      for (const { name, pictures } of sets) {
        const { quiet, jobs: atATime } = options;
        const measured = await measureMissing(pictures, jobs, store, { metrics, pool, atATime, quiet });
        reports.push(await summarise(options, name, measured.contents, store));
        const shown = await lookInside(options, pictures, measured.contents, jobs, store, metrics, tools);
        inside.comparisons.push(...shown.comparisons);
        inside.breakdowns.push(...shown.breakdowns);
        failures += measured.failures + shown.failures;
      }
    } finally {
      await pool.close();
    }
    await writeSummary(options, reports);
    const document = await reportDocument({ sets: reports, ...inside });
    await writeWhole(`${options.output}/report.html`, new TextEncoder().encode(document));
    return failures === 0 ? 0 : 1;
  });
}

/** A set with its pictures found. */
interface MeasuredSet {
  readonly name?: string;
  readonly pictures: readonly SourceFile[];
}

/** Our models at all efforts and tunes, and the peers. */
async function jobsOf(options: EvalOptions, config: VaeransConfig): Promise<Job[]> {
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
  return [
    ...own.flat(),
    ...options.peers.map((name) => jobOf({ kind: "peer", name }, options.peerQualities)),
  ];
}

/** Runs with the metrics' external programs, and tells which metrics are left out. */
async function withTools<T>(
  { metrics, commands, output }: EvalOptions,
  run: (tools: MetricTools, metrics: readonly Metric[], settings: ToolSettings) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ dir: output, prefix: "pairs-" });
  const settings = { commands, folder }, tools = new MetricTools(settings);
  try {
    const { available, missing } = await availableMetrics(metrics, tools, probePicture());
    for (const { metric, reason } of missing) console.error(`${metric.id} is left out: ${reason}`);
    return await run(tools, available, settings);
  } finally {
    await tools.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The means and BD-rates over a set's pictures, with all settings ever measured on them. */
async function summarise(
  options: EvalOptions,
  name: string | undefined,
  contents: Contents,
  store: ResultStore,
): Promise<SetReport> {
  const rows = store.rows.filter(({ picture, sha256 }) => contents.has(contentKey(picture, sha256)));
  const keys = new Set(rows.map(({ picture, sha256 }) => contentKey(picture, sha256)));
  const pictures = [...contents].filter(([key]) => keys.has(key)).map(([, name]) => name);
  const failed = [...contents].filter(([key]) => !keys.has(key)).map(([, name]) => name);
  const means = settingMeans(rows);
  const curves = curvesOf(means, pictures.length);
  const notes = [
    `Means over ${pictures.length} picture(s); settings that were not measured on all of them are not in the BD-rates.`,
    ...failed.length > 0 ? [`Left out, since nothing could be measured: ${failed.join(", ")}.`] : [],
  ];
  let anchorCurves: readonly CodecCurve[] = [];
  if (options.anchors.length > 0) {
    const anchors = parseAnchors(
      await Promise.all(options.anchors.map((path) => Deno.readTextFile(path))),
      pictures,
    );
    anchorCurves = anchors.curves;
    const files = options.anchors.join(", ");
    notes.push(
      anchors.samePictures
        ? `Anchors from ${files}, over the same pictures.`
        : `Anchors from ${files} are over other pictures: compare with care.`,
    );
  }
  if (options.bdRange) {
    const { minBpp, maxBpp } = options.bdRange;
    notes.push(`BD-rates over the qualities that the reference has between ${minBpp} and ${maxBpp} bpp.`);
  }
  const measured = metricsIn(curves.flatMap(({ points }) => points.map(({ scores }) => scores)));
  const compared = options.metrics.filter((metric) => metric.comparesRates && measured.includes(metric));
  const bd = Object.fromEntries(
    compared.map((metric) => [metric.id, bdTable(curves, anchorCurves, metric, options.bdRange)]),
  );
  const named = name === undefined ? {} : { name };
  return { ...named, pictures, notes, rows, means, curves: [...curves, ...anchorCurves], bd };
}

/** Writes and prints the summaries. A single set has no heading of its own. */
async function writeSummary({ output, json }: EvalOptions, reports: readonly SetReport[]): Promise<void> {
  const text = reports.map(({ name, means, bd, notes }) => {
    const heading = reports.length === 1 ? "" : `# ${name ?? "pictures"}\n\n`;
    return heading + summaryMarkdown(means, bd, notes);
  }).join("\n");
  const sets = reports.map(({ name, pictures, means, bd, notes }) => ({
    ...name !== undefined && { name },
    pictures,
    means: means.map(({ scores, ...mean }) => ({ ...mean, ...scores })),
    bdRate: bd,
    notes,
  }));
  const object = JSON.stringify(sets.length === 1 ? sets[0] : { sets });
  await Deno.writeTextFile(`${output}/summary.md`, text);
  await Deno.writeTextFile(`${output}/summary.json`, object + "\n");
  console.log(json ? object : text);
}

/** What a report shows beside the figures. */
interface Inside {
  readonly comparisons: SideBySide[];
  readonly breakdowns: FileBreakdown[];
}

/** Encodes some of the pictures to equal bytes, and takes our files apart. */
async function lookInside(
  { show, showBpp, output, quiet }: EvalOptions,
  pictures: readonly SourceFile[],
  contents: Contents,
  jobs: readonly Job[],
  store: ResultStore,
  metrics: readonly Metric[],
  tools: MetricTools,
): Promise<Inside & { failures: number }> {
  const count = Math.min(show, contents.size);
  const comparisons: SideBySide[] = [], breakdowns: FileBreakdown[] = [];
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
        const compared = await sideBySide({ name, sha256, source }, codecs, bpp, {
          metrics,
          tools,
          cache,
          knownBytes,
        });
        comparisons.push(compared);
        for (const codec of codecs.filter(({ model }) => model !== undefined)) {
          const { file } = compared.files.find((file) => file.codec === codec.name)!;
          const folder = codec.model?.includes("/") ? codec.model : undefined;
          breakdowns.push({ picture: name, bpp, ...await breakdownOf(file, source, folder) });
        }
        progress.advance(1, `${name} at ${bpp} bpp`);
      } catch (error) {
        failures++;
        progress.warn(`${name} at ${bpp} bpp: ${messageOf(error)}`);
      }
    }
  }
  progress.finish();
  return { comparisons, breakdowns, failures };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
