import { parseArguments } from "../cli/arguments.ts";
import { UsageError } from "../cli/fail.ts";
import { DEFAULT_TUNE, type Tune, TUNES } from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { EMPTY_CONFIG, type VaeransConfig } from "../models/config.ts";
import { PEER_NAMES, type PeerName } from "./peers.ts";
import { type Metric, METRICS } from "./metrics/mod.ts";
import { parseSet, type PictureSet, SET_GENERATORS } from "./picture_sets.ts";

/** Metrics that an external program measures. */
const TOOL_METRICS = METRICS.filter(({ tool }) => tool !== undefined);

const METRIC_IDS = METRICS.map(({ id }) => id).join(",");

/** What `--help` prints. */
export const EVAL_HELP = `deno task eval [folder or picture]… [options]

Measures size, similarity and times of VaeRANS and of other formats on your own pictures, and compares their rates at
equal quality (BD-rate). Rows are added to report/results.tsv as they are made; a second run measures only missing rows
and metrics, and rows of another version of a codec or model. report.html shows all results, with pictures, in one file.

  -o, --output FOLDER      folder for results.tsv, summary.md, summary.json and report.html (report)
      --set SET            measure a picture set, with its own tables: ${
  Object.keys(SET_GENERATORS).join(", ")
}, NAME=FOLDER or FOLDER;
                           may be given several times
      --qualities LIST     settings of all codecs, 1 to 100 (10,20,30,40,50,60,75,90)
      --peer-qualities LIST  settings of the peers, if they differ
      --peers LIST         of jpeg,webp,avif,jxl; none for ours alone (jpeg,webp,avif,jxl)
      --models LIST        our models; auto lets the quality choose, none leaves ours out (auto)
      --efforts LIST       efforts of our encoder, 1 to 9 (5)
      --tunes LIST         what our encoder optimises, of look,psnr (look)
      --anchors LIST       JSON files with curves measured elsewhere on the same pictures, for the BD-rate tables
      --metrics LIST       metrics to measure and to compare rates by
                           (${METRIC_IDS})
${
  TOOL_METRICS.map(({ id, label, tool }) =>
    `      ${`--${id} COMMAND`.padEnd(22)} program that measures ${label} (${tool?.command ?? "none"})`
  ).join("\n")
}
      --bd-range LOW-HIGH  compare rates over the qualities that the reference has between these rates, in bits per pixel
      --fresh LIST         measure these codecs again, for their times; all for every codec
      --show N             pictures that the report shows side by side at equal bytes, spread over all (3)
      --show-bpp LIST      at these rates, in bits per pixel (0.12,0.4)
  -j, --jobs N             measurements at a time; more are faster, but their times disturb each other (1)
      --json               print one JSON object instead of tables
  -q, --quiet              no progress
  -h, --help               this text

A picture with alpha is measured on a chequerboard of mid greys. A metric whose program is not installed is left out.`;

/** The command's options, checked. */
export interface EvalOptions {
  /** The pictures, at least one set. */
  readonly sets: readonly PictureSet[];
  /** The report's folder. */
  readonly output: string;
  /** Settings for our codec. */
  readonly qualities: readonly number[];
  /** Settings for the peers. */
  readonly peerQualities: readonly number[];
  /** The other formats. */
  readonly peers: readonly PeerName[];
  /** Our models, or `auto`. */
  readonly models: readonly string[];
  /** Our encoder's efforts. */
  readonly efforts: readonly number[];
  /** What it tries for. */
  readonly tunes: readonly Tune[];
  /** Files of curves. */
  readonly anchors: readonly string[];
  /** Metrics to measure and to compare rates by. */
  readonly metrics: readonly Metric[];
  /** Commands of the metrics' external programs, by the metrics' `id`. */
  readonly commands: Readonly<Record<string, string>>;
  /** The rates that BD-rates are judged over. */
  readonly bdRange?: { readonly minBpp: number; readonly maxBpp: number };
  /** Codecs to measure again. */
  readonly fresh: readonly string[];
  /** How many pictures the report shows side by side. */
  readonly show: number;
  /** At which rates. */
  readonly showBpp: readonly number[];
  /** Measurements at a time, at least 1. */
  readonly jobs: number;
  /** JSON on stdout instead of tables. */
  readonly json: boolean;
  /** No progress on stderr. */
  readonly quiet: boolean;
}

/**
 * Parses the command line.
 *
 * @param args The arguments.
 * @param config What holds where they say nothing.
 * @returns The options; `undefined` when help was asked for.
 * @throws UsageError With one line that names the argument.
 */
export function parseEvalOptions(
  args: readonly string[],
  { evaluation, visualization }: Pick<VaeransConfig, "evaluation" | "visualization"> = EMPTY_CONFIG,
): EvalOptions | undefined {
  const parsed = parseArguments(args, {
    values: {
      output: "o",
      qualities: undefined,
      "peer-qualities": undefined,
      peers: undefined,
      models: undefined,
      efforts: undefined,
      tunes: undefined,
      anchors: undefined,
      metrics: undefined,
      ...Object.fromEntries(TOOL_METRICS.map(({ id }) => [id, undefined])),
      "bd-range": undefined,
      fresh: undefined,
      show: undefined,
      "show-bpp": undefined,
      jobs: "j",
    },
    lists: { set: undefined },
    switches: { quiet: "q" },
  });
  if (parsed.has("help")) return undefined;
  const sets = [
    ...(parsed.positional.length > 0 ? [{ paths: parsed.positional }] : []),
    ...parsed.all("set").map(parseSet),
  ];
  if (sets.length === 0) throw new UsageError("No folder or picture given");
  const twice = sets.find(({ name }, i) => sets.findIndex((set) => set.name === name) < i);
  if (twice) throw new UsageError(`--set needs a name of its own for each set (got ${twice.name} twice)`);
  const qualities = parseQualities(
    "qualities",
    parsed.value("qualities") ?? evaluation.qualities?.join() ?? "10,20,30,40,50,60,75,90",
  );
  const peerQualities = parsed.value("peer-qualities");
  const bdRange = parsed.value("bd-range");
  return {
    sets,
    output: parsed.value("output") ?? "report",
    qualities,
    peerQualities: peerQualities === undefined ? qualities : parseQualities("peer-qualities", peerQualities),
    peers: list(parsed.value("peers") ?? evaluation.peers?.join() ?? PEER_NAMES.join(",")).map(peerName),
    models: list(parsed.value("models") ?? "auto"),
    efforts: list(parsed.value("efforts") ?? String(DEFAULT_EFFORT)).map(effort),
    tunes: list(parsed.value("tunes") ?? DEFAULT_TUNE).map(tune),
    anchors: list(parsed.value("anchors") ?? ""),
    metrics: parseMetrics(parsed.value("metrics") ?? evaluation.metrics?.join() ?? METRIC_IDS),
    commands: Object.fromEntries(TOOL_METRICS.flatMap(({ id }) => {
      const command = parsed.value(id);
      return command === undefined ? [] : [[id, command]];
    })),
    ...(bdRange !== undefined && { bdRange: parseRange(bdRange) }),
    fresh: list(parsed.value("fresh") ?? ""),
    show: wholeNumber("show", parsed.value("show") ?? String(visualization.show ?? 3)),
    showBpp: list(parsed.value("show-bpp") ?? visualization.showBpp?.join() ?? "0.12,0.4").map((item) =>
      rate("show-bpp", item)
    ),
    jobs: jobCount(parsed.value("jobs") ?? "1"),
    json: parsed.has("json"),
    quiet: parsed.has("quiet"),
  };
}

/** A comma-separated list; `none` is the empty one. */
function list(text: string): string[] {
  return text === "none"
    ? []
    : [...new Set(text.split(",").map((item) => item.trim()).filter((item) => item !== ""))];
}

function parseQualities(option: string, text: string): number[] {
  return list(text).map((item) => {
    const quality = Number(item);
    if (!(quality >= 1 && quality <= 100)) {
      throw new UsageError(`--${option} takes numbers from 1 to 100, not "${item}"`);
    }
    return quality;
  });
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0)) {
    throw new UsageError(`--${option} takes a whole number, not "${text}"`);
  }
  return value;
}

function jobCount(text: string): number {
  const count = wholeNumber("jobs", text);
  if (count === 0) throw new UsageError("--jobs takes a whole number from 1");
  return count;
}

function effort(item: string): number {
  const value = Number(item);
  if (!(Number.isInteger(value) && value >= 1 && value <= 9)) {
    throw new UsageError(`--efforts takes whole numbers from 1 to 9, not "${item}"`);
  }
  return value;
}

function tune(item: string): Tune {
  const known = TUNES.find((name) => name === item);
  if (!known) throw new UsageError(`--tunes takes ${TUNES.join(" and ")}, not "${item}"`);
  return known;
}

function rate(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${option} takes rates above 0, not "${text}"`);
  return value;
}

/** The metrics named, in the order of {@linkcode METRICS}. */
function parseMetrics(text: string): Metric[] {
  const ids = list(text), unknown = ids.find((id) => !METRICS.some((metric) => metric.id === id));
  if (unknown !== undefined) {
    throw new UsageError(`--metrics takes ${METRIC_IDS.replaceAll(",", ", ")} or none, not "${unknown}"`);
  }
  return METRICS.filter(({ id }) => ids.includes(id));
}

function peerName(item: string): PeerName {
  const name = PEER_NAMES.find((peer) => peer === item);
  if (!name) throw new UsageError(`--peers takes ${PEER_NAMES.join(", ")} or none, not "${item}"`);
  return name;
}

function parseRange(text: string): { minBpp: number; maxBpp: number } {
  const [minBpp, maxBpp] = text.split("-").map(Number);
  if (!(minBpp > 0 && maxBpp > minBpp)) {
    throw new UsageError(`--bd-range takes LOW-HIGH like 0.05-0.25, not "${text}"`);
  }
  return { minBpp, maxBpp };
}
