/**
 * Writes the README's tables and plots from the committed results: tables between its `<!-- name -->` and
 * `<!-- /name -->` marks, plots to `docs/images/`. With `--check`, fails if they are not what the results give.
 *
 * @module
 */
import { PICTURE_COLUMNS } from "./farm_columns.ts";
import { ratePlot } from "../src/eval/html/plots.ts";
import { formatScore, type Metric, metricOf, metricsIn, titleOf } from "../src/eval/metrics/mod.ts";
import { differenceInWindow, type RateWindow, windowedCurves } from "../src/eval/rate_windows.ts";
import { parseResults } from "../src/eval/results.ts";
import { curvesOf, settingMeans } from "../src/eval/summary.ts";
import { percent } from "../src/eval/tables.ts";

const QUALITY = new URL("../docs/QUALITY.md", import.meta.url);
const PERFORMANCE = new URL("../docs/PERFORMANCE.md", import.meta.url);
const SCALE = new URL("../docs/SCALE.md", import.meta.url);
const IMAGES = new URL("../docs/images/", import.meta.url);
const RESULTS = new URL("../bench/results/", import.meta.url);

interface Table {
  readonly comment: string;
  readonly rows: readonly { readonly [column: string]: string }[];
}

async function readTable(name: string): Promise<Table> {
  const lines = (await Deno.readTextFile(new URL(name, RESULTS))).trimEnd().split("\n");
  const comment = lines[0].startsWith("#") ? lines.shift()!.slice(1).trim() : "";
  const columns = lines.shift()!.split("\t");
  return {
    comment,
    rows: lines.map((line) => Object.fromEntries(line.split("\t").map((value, i) => [columns[i], value]))),
  };
}

/** A table padded as `deno fmt` pads it, so that formatting the README changes nothing. */
function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, i) => Math.max(3, cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Long lines are broken where `deno fmt` breaks them. */
const PROSE_WIDTH = 110;

function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last].length + 1 + word.length <= PROSE_WIDTH) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** Longer times are given in milliseconds. */
const SLOW_NANOSECONDS = 1e7;

async function speedTable(): Promise<string> {
  const { comment, rows } = await readTable("cpu.tsv");
  if (rows[0]?.megabytesPerSecond === undefined) {
    throw new Error("bench/results/cpu.tsv has no throughput: record it again by deno task bench-record");
  }
  const groups = [...new Set(rows.map(({ group }) => group))];
  const parts = groups.map((group) => {
    const own = rows.filter((row) => row.group === group);
    const cells = own.map(({ benchmark, minimumNanoseconds, timesBaseline, megabytesPerSecond }) => [
      benchmark,
      timeText(Number(minimumNanoseconds)),
      megabytesPerSecond,
      timesBaseline,
    ]);
    return `**${group}**\n\n${markdown(["benchmark", "time", "MB/s", "× memory copy"], cells)}`;
  });
  return `${wrapped(`Measured on ${comment}, best of each benchmark's runs.`)}\n\n${parts.join("\n\n")}`;
}

function timeText(nanoseconds: number): string {
  return nanoseconds >= SLOW_NANOSECONDS
    ? `${(nanoseconds / 1e6).toFixed(0)} ms`
    : `${(nanoseconds / 1e3).toFixed(1)} µs`;
}

/** Size of the pictures that docs/SCALE.md reckons with. */
const SCALE_MEGAPIXELS = 2;

/** Settings that cost more than this are left out of the README. */
const MAX_BITS_PER_PIXEL = 1.2;

/** The codec that the results are compared with, measured elsewhere. */
const REFERENCE = "avif iq";

const { comments, rows: measured } = parseResults(await Deno.readTextFile(new URL("kodak.tsv", RESULTS)));
const reference = parseResults(await Deno.readTextFile(new URL("kodak_avif_iq.tsv", RESULTS)));
const pictureCount = new Set(measured.map(({ picture }) => picture)).size;
const means = settingMeans([...measured, ...reference.rows])
  .filter((mean) => mean.pictureCount === pictureCount && mean.bpp <= MAX_BITS_PER_PIXEL)
  .sort((a, b) =>
    a.codec === b.codec ? a.bpp - b.bpp : Number(b.codec < a.codec) - Number(a.codec < b.codec)
  );

function qualityTable(): string {
  const metrics = metricsIn(means.map(({ scores }) => scores)).filter(({ comparesRates }) => comparesRates);
  const cells = means.map((mean) => [
    mean.codec,
    String(mean.setting),
    mean.bpp.toFixed(3),
    ...metrics.map((metric) => formatScore(metric, mean.scores[metric.id])),
  ]);
  const table = markdown(["codec", "quality", "bits per pixel", ...metrics.map(titleOf)], cells);
  return `${wrapped([...comments, ...reference.comments].join(" "))}\n\n${table}`;
}

/** Windows of the reference's rates that the README compares in. */
const WINDOWS: readonly RateWindow[] = [
  { minBpp: 0.06, maxBpp: 0.25 },
  { minBpp: 0.25, maxBpp: 0.5 },
  { minBpp: 0.5, maxBpp: 1 },
];

/** Rate differences of the default codec against the reference. */
function ratesTable(): string {
  const own = measured.filter(({ codec }) => codec === "vaerans");
  const { reference: from, tested: [ours] } = windowedCurves([...own, ...reference.rows], REFERENCE);
  const metrics = metricsIn(ours.points.map(({ scores }) => scores)).filter(({ comparesRates }) =>
    comparesRates
  );
  const cells = WINDOWS.map((window) => [
    `${window.minBpp}–${window.maxBpp}`,
    ...metrics.map((metric) => percent(differenceInWindow(from, ours, metric, window)?.percent ?? null)),
  ]);
  return markdown(["AVIF's bits per pixel", ...metrics.map(({ label }) => label)], cells);
}

/** Light and dark as the reader's system has it; a picture in a page does not know the page's colours. */
const PLOT_STYLE =
  "<style>:root{color:#1b1f24}@media(prefers-color-scheme:dark){:root{color:#e6ebf0}}</style>";

async function qualityPlot(metric: Metric): Promise<string> {
  const svg = await ratePlot(curvesOf(means, pictureCount), metric, { width: 380, height: 280 });
  return svg.replace(/^(<svg [^>]*>)/, `$1${PLOT_STYLE}`) + "\n";
}

/** What a million pictures of two megapixels cost, by our measured times. */
function costTable(): string {
  const megapixels = measured[0].width * measured[0].height / 1e6;
  const cells = settingMeans(measured.filter(({ codec }) => codec === "vaerans")).map((mean) => {
    const seconds = mean.encodeMs / 1000 / megapixels;
    const hours = 1e6 * SCALE_MEGAPIXELS * seconds / 3600;
    const gigabytes = 1e6 * SCALE_MEGAPIXELS * 1e6 * mean.bpp / 8 / 1e9;
    return [String(mean.setting), seconds.toFixed(2), hours.toFixed(0), gigabytes.toFixed(0)];
  });
  const header = [
    "quality",
    "t, core s per megapixel",
    `core hours, 10⁶ × ${SCALE_MEGAPIXELS} megapixels`,
    "GB written",
  ];
  return markdown(header, cells);
}

/** Machines that docs/SCALE.md reckons with. */
const MACHINES = [1, 10, 1000], CORES_A_MACHINE = 8, SCALE_QUALITY = 50;

async function machinesTable(): Promise<string> {
  const { rows: trivial } = await readTable("farm_trivial.tsv");
  const drained = Number(trivial.find(({ what }) => what === "drain")!.perSecond);
  const means = settingMeans(measured.filter(({ codec }) => codec === "vaerans"));
  const mean = means.find(({ setting }) => Number(setting) === SCALE_QUALITY);
  if (!mean) throw new Error(`Cannot find quality ${SCALE_QUALITY} in kodak.tsv`);
  const megapixels = measured[0].width * measured[0].height / 1e6;
  const coreSeconds = SCALE_MEGAPIXELS * mean.encodeMs / 1000 / megapixels;
  const cells = MACHINES.map((machines) => {
    const jobsPerSecond = machines * CORES_A_MACHINE / coreSeconds, hours = 1e6 / jobsPerSecond / 3600;
    return [
      String(machines),
      hours < 1 ? hours.toPrecision(1) : hours.toFixed(1),
      jobsPerSecond.toFixed(jobsPerSecond < 10 ? 1 : 0),
      (jobsPerSecond / drained).toFixed(3),
    ];
  });
  return markdown(
    ["machines", `hours, 10⁶ × ${SCALE_MEGAPIXELS} megapixels`, "jobs per second", "of a server"],
    cells,
  );
}

async function queueTables(): Promise<string> {
  const [pictures, trivial] = await Promise.all(
    ["farm_pictures.tsv", "farm_trivial.tsv"].map(readTable),
  );
  const percentOf = (share: number) => `${(100 * share).toFixed(1)}%`;
  const rounds = pictures.rows.map((row) => {
    const [, without, one, two, ratio, cpuWithout, cpuOne, cpuServer] = PICTURE_COLUMNS.map((column) =>
      Number(row[column])
    );
    return [
      ...[without, one, two, cpuWithout, cpuOne, cpuServer].map((seconds) => seconds.toFixed(3)),
      ratio.toFixed(2),
      percentOf((cpuOne + cpuServer) / cpuWithout - 1),
    ];
  });
  const rates = trivial.rows.map(({ what, perSecond, earlyMebibytes, lateMebibytes }) => [
    what,
    perSecond,
    earlyMebibytes,
    lateMebibytes,
  ]);
  const drain = Number(trivial.rows.find(({ what }) => what === "drain")!.perSecond), cores = 2;
  const without = pictures.rows.map(({ withoutQueue }) => Number(withoutQueue)).sort((a, b) => a - b);
  const picture = without[without.length >> 1], job = cores / drain;
  const header = [
    "without",
    "one worker",
    "two",
    "CPU without",
    "CPU worker",
    "CPU server",
    "two ÷ one",
    "queue's CPU",
  ];
  return [
    wrapped(`Seconds per picture, one round per row (${pictures.comment}):`),
    markdown(header, rounds),
    wrapped(`Jobs that need no work (${trivial.comment}):`),
    markdown(["what", "per second", "MiB resident after a tenth", "at the end"], rates),
    wrapped(
      `${drain} jobs per second on ${cores} cores are at most ${
        (1000 * job).toFixed(1)
      } ms of processor time per job, ` +
        `for delivery and acknowledgement: ${
          (100 * job / picture).toFixed(2)
        }% of the median picture's time.`,
    ),
  ].join("\n\n");
}

/** Lossless files of graphics beside other formats. */
async function graphicsTable(): Promise<string> {
  const { comment, rows } = await readTable("graphics.tsv");
  const peers = ["pngBytes", "webpBytes", "jpegXlBytes"];
  const sumOf = (column: string, of = rows) => of.reduce((sum, row) => sum + Number(row[column]), 0);
  const cells = rows.map((row) => [
    row.picture,
    `${row.width}×${row.height}`,
    ...["vaerBytes", ...peers].map((column) => row[column]),
    (Number(row.vaerBytes) / Math.min(...peers.map((column) => Number(row[column])))).toFixed(2),
  ]);
  const sums = ["vaerBytes", ...peers].map((column) => sumOf(column));
  const visible = rows.filter(({ picture }) => !picture.includes("noise"));
  const ratio = (of: typeof rows) => (sumOf("vaerBytes", of) / sumOf("webpBytes", of)).toFixed(2);
  return [
    wrapped(
      `Bytes of lossless files (${comment}). All files together have ${
        ratio(rows)
      } times the bytes of WebP, without the ` +
        `picture of hidden noise ${ratio(visible)} times.`,
    ),
    markdown(
      ["picture", "pixels", "VaeRANS", "PNG", "WebP", "JPEG XL", "VaeRANS / best"],
      [...cells, ["sum", "", ...sums.map(String), ""]],
    ),
  ].join("\n\n");
}

/** Lossy files of graphics beside AVIF's at equal bytes. */
async function graphicsAvifTable(): Promise<string> {
  const { comment, rows } = await readTable("graphics_avif.tsv");
  const gains: number[][] = [], cells: string[][] = [];
  for (const [picture, some] of Map.groupBy(rows, (row) => row.picture)) {
    const curve = some.filter(({ codec }) => codec === "avif").map(({ bytes, ssimulacra2 }) =>
      [Number(bytes), Number(ssimulacra2)] as const
    ).sort(([a], [b]) => a - b);
    const ours = some.filter(({ codec }) => codec === "vaerans");
    const pairs = ours.map(({ bytes, ssimulacra2 }) =>
      [Number(ssimulacra2), scoreAt(curve, Number(bytes))] as const
    );
    gains.push(pairs.map(([score, other]) => score - other));
    cells.push([
      picture,
      ...ours.flatMap(({ bytes }, i) => [bytes, pairs[i].map((score) => score.toFixed(1)).join(" / ")]),
      String(curve[0][0]),
    ]);
  }
  const settings = [
    ...new Set(rows.filter(({ codec }) => codec === "vaerans").map(({ setting }) => setting)),
  ];
  const summary = settings.map((setting, i) => {
    const own = gains.map((some) => some[i]), mean = own.reduce((a, b) => a + b, 0) / own.length;
    return `${mean.toFixed(1)} points at quality ${setting} (at least ${Math.min(...own).toFixed(1)})`;
  });
  return [
    wrapped(
      `SSIMULACRA2 of VaeRANS and of AVIF (jSquash) at the same bytes (${comment}). Between AVIF's settings the score is ` +
        `interpolated by the logarithm of the bytes. Outside the range of AVIF's files, the score of the nearest file ` +
        `counts. In the mean, VaeRANS is ahead by ${summary.join(", ")}.`,
    ),
    markdown(
      [
        "picture",
        ...settings.flatMap((setting) => [`bytes at ${setting}`, "VaeRANS / AVIF"]),
        "AVIF's least bytes",
      ],
      cells,
    ),
  ].join("\n\n");
}

/** A codec's score at a size, from its files in order of size. */
function scoreAt(curve: readonly (readonly [bytes: number, score: number])[], bytes: number): number {
  const next = curve.findIndex(([size]) => size >= bytes);
  if (next <= 0) return curve.at(next)![1];
  const [[low, from], [high, to]] = [curve[next - 1], curve[next]];
  return from + (to - from) * Math.log(bytes / low) / Math.log(high / low);
}

/** What qualities cost, by tens. */
async function qualityCostTable(): Promise<string> {
  const { comment, rows } = await readTable("quality_cost.tsv");
  const tens = Map.groupBy(rows, ({ quality }) => Math.ceil(Number(quality) / 10));
  const cells = [...tens].map(([ten, some]) => {
    const ratios = some.map(({ ratio }) => Number(ratio)), sum = ratios.reduce((a, b) => a + b, 0);
    return [
      `${10 * ten - 9} to ${10 * ten}`,
      (sum / ratios.length).toFixed(2),
      Math.max(...ratios).toFixed(2),
      [...new Set(some.map(({ model }) => model))].sort().join(", "),
    ];
  });
  const pictures = new Set(rows.map(({ picture }) => picture)).size;
  const title = `${comment[0].toUpperCase()}${comment.slice(1)}, ${pictures} photographs.`;
  return [wrapped(title), markdown(["qualities", "mean", "largest", "kept stream"], cells)].join("\n\n");
}

const outputs = new Map<URL, string>();
for (
  const [url, tables] of [
    [PERFORMANCE, { speed: speedTable, qualities: qualityCostTable }],
    [QUALITY, { quality: qualityTable, rates: ratesTable, graphics: graphicsTable, avif: graphicsAvifTable }],
    [SCALE, { cost: costTable, machines: machinesTable, queue: queueTables }],
  ] as const
) {
  let text = await Deno.readTextFile(url);
  for (const [name, make] of Object.entries(tables)) {
    const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!pattern.test(text)) throw new Error(`Cannot find the marks of "${name}" in ${url.pathname}`);
    const table = await make();
    text = text.replace(pattern, (_, open, close) => `${open}\n${table}\n\n${close}`);
  }
  outputs.set(url, text);
}
/** Metrics of the README's plots; one that was not measured of our files on all pictures has none. */
const PLOTTED = ["cvvdp", "ssimulacra2", "msssim", "butteraugli", "texture"].map(metricOf);

for (
  const metric of metricsIn(means.filter(({ codec }) => codec === "vaerans").map(({ scores }) => scores))
) {
  if (!PLOTTED.includes(metric)) continue;
  outputs.set(new URL(`kodak-${metric.id}.svg`, IMAGES), await qualityPlot(metric));
}

for (const [url, text] of outputs) {
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(url, text);
  } else if (await Deno.readTextFile(url).catch(() => "") !== text) {
    console.error(`${url.pathname.split("/").at(-1)} is not what bench/results/ gives: run deno task readme`);
    Deno.exitCode = 1;
  }
}
