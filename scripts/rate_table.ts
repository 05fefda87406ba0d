/**
 * Prints how codecs compare with a reference in windows of its rates, from tables of results: `deno task rates`.
 *
 * @module
 */
import { parseArguments } from "../src/cli/arguments.ts";
import { report, UsageError } from "../src/cli/fail.ts";
import { helpOf } from "../src/cli/options/help.ts";
import { type Command, type Option, optionsOf } from "../src/cli/options/option.ts";
import { HELP, JSON_SWITCH, STACK } from "../src/cli/options/shared.ts";
import { formatScore, type Metric, METRICS, metricsIn } from "../src/eval/metrics/mod.ts";
import {
  differenceInWindow,
  type RateWindow,
  valueAtRate,
  windowedCurves,
} from "../src/eval/rate_windows.ts";
import { parseResults } from "../src/eval/results.ts";
import type { CodecCurve } from "../src/eval/summary.ts";
import { percent, row } from "../src/eval/tables.ts";

const KODAK_REFERENCE = new URL("../bench/results/kodak_avif_iq.tsv", import.meta.url).pathname;

const USUAL_AGAINST = "avif iq", USUAL_WINDOWS = "0.06-0.25,0.25-0.5,0.5-1", USUAL_RATES = "0.1,0.26,0.5";

const listOption = (name: string, help: string, usual: string): Option => ({
  name,
  value: { kind: "text", valueName: "LIST" },
  help,
  usual,
});

const RATES: Command = {
  name: "rates",
  summary: "compares codecs in windows of rates",
  usage: "deno task rates RESULTS.tsv… [options]",
  about:
    "Prints BD-rates in windows of a reference codec's rates, a table per codec of the results: negative means " +
    "fewer bits than the reference at equal quality. Then the metrics' values at fixed rates.",
  takesFiles: true,
  sections: [{
    options: [
      {
        name: "reference",
        value: { kind: "file", valueName: "FILE" },
        help: "table with the reference codec, joined to the results",
        usual: "AVIF tune iq on Kodak",
      },
      {
        name: "against",
        value: { kind: "text", valueName: "CODEC" },
        help: "the reference codec's name",
        usual: USUAL_AGAINST,
      },
      listOption("codecs", "codecs of the results to compare", "all"),
      listOption(
        "pictures",
        "endings of the pictures' names, without .png: 01,04 takes kodim01.png and kodim04.png",
        "all",
      ),
      listOption("windows", "windows of the reference's rates, in bits per pixel", USUAL_WINDOWS),
      listOption("at", "rates for the values, in bits per pixel", USUAL_RATES),
      { ...JSON_SWITCH, help: "print one JSON object instead of tables" },
      STACK,
      HELP,
    ],
  }],
};

/** A window that the codec's settings cover less than this is marked. */
const WHOLE = 0.95;

const list = (text: string) => text.split(",").map((item) => item.trim()).filter((item) => item !== "");

function parseWindow(text: string): RateWindow {
  const [minBpp, maxBpp] = text.split("-").map(Number);
  if (!(minBpp > 0 && maxBpp > minBpp)) {
    throw new UsageError(`--windows takes LOW-HIGH like 0.25-0.5, not "${text}"`);
  }
  return { minBpp, maxBpp };
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0)) throw new UsageError(`--at takes rates above 0, not "${text}"`);
  return rate;
}

function differenceCell(
  reference: CodecCurve,
  tested: CodecCurve,
  metric: Metric,
  window: RateWindow,
): string {
  const difference = differenceInWindow(reference, tested, metric, window);
  if (!difference) return "–";
  return percent(difference.percent) + (difference.coverage < WHOLE ? "*" : "");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");
}

async function run(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(RATES));
  if (parsed.has("help")) return console.log(helpOf(RATES));
  if (parsed.positional.length === 0) throw new UsageError("No table of results given");
  const windows = list(parsed.value("windows") ?? USUAL_WINDOWS).map(parseWindow);
  const rates = list(parsed.value("at") ?? USUAL_RATES).map(parseRate);
  const endings = parsed.value("pictures") === undefined ? [""] : list(parsed.value("pictures")!);
  const codecs = parsed.value("codecs") === undefined ? undefined : list(parsed.value("codecs")!);
  const against = parsed.value("against") ?? USUAL_AGAINST;
  const paths = [...parsed.positional, parsed.value("reference") ?? KODAK_REFERENCE];
  const tables = await Promise.all(
    paths.map(async (path) => parseResults(await Deno.readTextFile(path), path)),
  );
  const rows = tables.flatMap((results) => results.rows)
    .filter(({ codec }) => codec === against || (codecs?.includes(codec) ?? true));
  const { reference, tested, pictures } = windowedCurves(rows, against, (name) => {
    return endings.some((ending) => name.replace(/\.[^.]*$/, "").endsWith(ending));
  });
  const measured = metricsIn(tested.flatMap(({ points }) => points.map(({ scores }) => scores)));
  const compared = measured.filter(({ comparesRates }) => comparesRates);
  if (parsed.has("json")) {
    const differences = Object.fromEntries(tested.map((curve) => [
      curve.name,
      windows.map((window) => ({
        ...window,
        ...Object.fromEntries(compared.map((metric) => {
          return [metric.id, differenceInWindow(reference, curve, metric, window) ?? null];
        })),
      })),
    ]));
    return console.log(JSON.stringify({ against, pictures, differences }));
  }
  const head = compared.map(({ label }) => label);
  for (const curve of tested) {
    const cells = windows.map((window) => [
      `${window.minBpp}–${window.maxBpp}`,
      ...compared.map((metric) => differenceCell(reference, curve, metric, window)),
    ]);
    console.log(`${curve.name} against ${against}, BD-rate in %, mean of ${pictures.length} pictures\n`);
    console.log(table([`${against}'s bpp`, ...head], cells) + "\n");
  }
  const shown = METRICS.filter((metric) => measured.includes(metric));
  const values = rates.flatMap((bpp) =>
    [reference, ...tested].map((curve) => [
      `${bpp}`,
      curve.name,
      ...shown.map((metric) => formatScore(metric, valueAtRate(curve, metric, bpp))),
    ])
  );
  console.log(table(["bpp", "codec", ...shown.map(({ label }) => label)], values));
  console.log(`\n*: the codec's settings cover less than ${100 * WHOLE}% of the window's qualities.`);
}

if (import.meta.main) {
  try {
    await run(Deno.args);
  } catch (error) {
    Deno.exitCode = report(error, Deno.args.includes("--stack"));
  }
}
