import { parseArguments } from "../cli/arguments.ts";
import { UsageError } from "../cli/fail.ts";
import { type Command, type Option, optionsOf } from "../cli/options/option.ts";
import { HELP, JSON_SWITCH, STACK } from "../cli/options/shared.ts";
import { DEFAULT_TUNE, type Tune, TUNES } from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { EMPTY_CONFIG, type VaeransConfig } from "../models/config.ts";
import { PEER_NAMES, type PeerName } from "./peers.ts";
import { type Metric, METRICS } from "./metrics/mod.ts";
import { parseSet, type PictureSet, SET_GENERATORS } from "./picture_sets.ts";

/** Metrics that an external program measures. */
const TOOL_METRICS = METRICS.filter(({ tool }) => tool !== undefined);

const METRIC_IDS = METRICS.map(({ id }) => id).join(",");

const USUAL_QUALITIES = "10,20,30,40,50,60,75,90", USUAL_SHOW = 3, USUAL_SHOW_BPP = "0.12,0.4";

const textOption = (name: string, valueName: string, help: string, usual?: string): Option => ({
  name,
  value: { kind: "text", valueName },
  help,
  ...usual !== undefined && { usual },
});

/** `eval`: its help and its parser derive from this table. */
export const EVAL: Command = {
  name: "eval",
  summary: "compares VaeRANS with other formats",
  usage: "deno task eval [folder or picture]… [options]",
  about:
    "Measures size, similarity and times of VaeRANS and of other formats on your own pictures, and compares their " +
    "rates at equal quality (BD-rate). Rows are added to report/results.tsv as they are made; a second run measures only " +
    "missing rows and metrics, and rows of another version of a codec or model. report.html shows all results, with " +
    "pictures, in one file.",
  takesFiles: true,
  sections: [{
    options: [
      {
        name: "output",
        alias: "o",
        value: { kind: "folder", valueName: "FOLDER" },
        help: "folder for results.tsv, summary.md, summary.json and report.html",
        usual: "report",
      },
      {
        ...textOption(
          "set",
          "SET",
          `measure a picture set, with its own tables: ${
            Object.keys(SET_GENERATORS).join(", ")
          }, NAME=FOLDER or FOLDER; may be given several times`,
        ),
        isRepeatable: true,
      },
      textOption("qualities", "LIST", "settings of all codecs, 1 to 100", USUAL_QUALITIES),
      textOption("peer-qualities", "LIST", "settings of the peers, if they differ"),
      textOption("peers", "LIST", `of ${PEER_NAMES.join(",")}; none for ours alone`, PEER_NAMES.join(",")),
      textOption("models", "LIST", "our models; auto lets the quality choose, none leaves ours out", "auto"),
      textOption("efforts", "LIST", "efforts of our encoder, 1 to 9", String(DEFAULT_EFFORT)),
      textOption("tunes", "LIST", `goals of our encoder, of ${TUNES.join(",")}`, DEFAULT_TUNE),
      textOption(
        "anchors",
        "LIST",
        "JSON files with curves measured elsewhere on the same pictures, for the BD-rate tables",
      ),
      textOption("metrics", "LIST", "metrics to measure and to compare rates by", METRIC_IDS),
      ...TOOL_METRICS.map(({ id, label, tool }) =>
        textOption(id, "COMMAND", `program that measures ${label}`, tool?.command ?? "none")
      ),
      textOption(
        "bd-range",
        "LOW-HIGH",
        "compare rates over the qualities that the reference has between these rates, in bits per pixel",
      ),
      textOption("fresh", "LIST", "measure these codecs again, for their times; all for every codec"),
      {
        name: "show",
        value: { kind: "number", valueName: "N", rule: { least: 0, isWhole: true } },
        help: "pictures that the report shows side by side at equal bytes, spread over all",
        usual: String(USUAL_SHOW),
      },
      textOption("show-bpp", "LIST", "at these rates, in bits per pixel", USUAL_SHOW_BPP),
      {
        name: "jobs",
        alias: "j",
        value: { kind: "number", valueName: "N", rule: { least: 1, isWhole: true } },
        help: "measurements at a time; more are faster, but their times disturb each other",
        usual: "1",
      },
      { ...JSON_SWITCH, help: "print one JSON object instead of tables" },
      { name: "quiet", alias: "q", help: "print no progress" },
      STACK,
      HELP,
    ],
  }],
  end: [
    "A picture with alpha is measured on a chequerboard of mid greys. A metric whose program is not installed is left out.",
  ],
};

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
  const parsed = parseArguments(args, optionsOf(EVAL));
  if (parsed.has("help")) return undefined;
  const sets = [
    ...(parsed.positional.length > 0 ? [{ paths: parsed.positional }] : []),
    ...parsed.all("set").map(parseSet),
  ];
  if (sets.length === 0) throw new UsageError("there must be a folder or picture (got none)");
  const twice = sets.find(({ name }, i) => sets.findIndex((set) => set.name === name) < i);
  if (twice) throw new UsageError(`each --set must have a name of its own (got ${twice.name} twice)`);
  const qualities = parseQualities(
    "qualities",
    parsed.value("qualities") ?? evaluation.qualities?.join() ?? USUAL_QUALITIES,
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
    show: parsed.number("show") ?? visualization.show ?? USUAL_SHOW,
    showBpp: list(parsed.value("show-bpp") ?? visualization.showBpp?.join() ?? USUAL_SHOW_BPP).map((item) =>
      rate("show-bpp", item)
    ),
    jobs: parsed.number("jobs") ?? 1,
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
      throw new UsageError(`--${option} must be numbers from 1 to 100 (got ${item})`);
    }
    return quality;
  });
}

function effort(item: string): number {
  const value = Number(item);
  if (!(Number.isInteger(value) && value >= 1 && value <= 9)) {
    throw new UsageError(`--efforts must be whole numbers from 1 to 9 (got ${item})`);
  }
  return value;
}

function tune(item: string): Tune {
  const known = TUNES.find((name) => name === item);
  if (!known) throw new UsageError(`--tunes must be ${TUNES.join(" or ")} (got ${item})`);
  return known;
}

function rate(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${option} must be rates above 0 (got ${text})`);
  return value;
}

/** The metrics named, in the order of {@linkcode METRICS}. */
function parseMetrics(text: string): Metric[] {
  const ids = list(text), unknown = ids.find((id) => !METRICS.some((metric) => metric.id === id));
  if (unknown !== undefined) {
    throw new UsageError(`--metrics must be ${METRIC_IDS.replaceAll(",", ", ")} or none (got ${unknown})`);
  }
  return METRICS.filter(({ id }) => ids.includes(id));
}

function peerName(item: string): PeerName {
  const name = PEER_NAMES.find((peer) => peer === item);
  if (!name) throw new UsageError(`--peers must be ${PEER_NAMES.join(", ")} or none (got ${item})`);
  return name;
}

function parseRange(text: string): { minBpp: number; maxBpp: number } {
  const [minBpp, maxBpp] = text.split("-").map(Number);
  if (!(minBpp > 0 && maxBpp > minBpp)) {
    throw new UsageError(`--bd-range must be LOW-HIGH like 0.05-0.25 (got ${text})`);
  }
  return { minBpp, maxBpp };
}
