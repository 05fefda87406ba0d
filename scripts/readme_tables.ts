/**
 * Writes the README's tables and plots from the committed results: tables between its `<!-- name -->` and
 * `<!-- /name -->` marks, plots to `docs/images/`. With `--check`, fails if they are not what the results give.
 *
 * @module
 */
import { PICTURE_COLUMNS } from "./farm_columns.ts";
import { ratePlot } from "../src/eval/html/plots.ts";
import { parseResults } from "../src/eval/results.ts";
import { type BdMetric, curvesOf, settingMeans } from "../src/eval/summary.ts";

const README = new URL("../README.md", import.meta.url);
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

const { comments, rows: measured } = parseResults(await Deno.readTextFile(new URL("kodak.tsv", RESULTS)));
const pictureCount = new Set(measured.map(({ picture }) => picture)).size;
const means = settingMeans(measured)
  .filter((mean) => mean.pictureCount === pictureCount && mean.bpp <= MAX_BITS_PER_PIXEL)
  .sort((a, b) =>
    a.codec === b.codec ? a.bpp - b.bpp : Number(b.codec < a.codec) - Number(a.codec < b.codec)
  );

function qualityTable(): string {
  const cells = means.map((row) => [
    row.codec,
    String(row.setting),
    row.bpp.toFixed(3),
    row.psnr.toFixed(2),
    row.msssim.toFixed(4),
    row.ssimulacra2.toFixed(1),
  ]);
  const table = markdown(["codec", "quality", "bits a pixel", "PSNR dB", "MS-SSIM", "SSIMULACRA2"], cells);
  return `${wrapped(comments.join(" "))}\n\n${table}`;
}

/** Light and dark as the reader's system has it; a picture in a page does not know the page's colours. */
const PLOT_STYLE =
  "<style>:root{color:#1b1f24}@media(prefers-color-scheme:dark){:root{color:#e6ebf0}}</style>";

async function qualityPlot(metric: BdMetric): Promise<string> {
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
    "t, core s a megapixel",
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
    ["machines", `hours, 10⁶ × ${SCALE_MEGAPIXELS} megapixels`, "jobs a second", "of a server"],
    cells,
  );
}

async function queueTables(): Promise<string> {
  const [pictures, trivial] = await Promise.all(
    ["farm_pictures.tsv", "farm_trivial.tsv"].map(readTable),
  );
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const rounds = pictures.rows.map((row) => {
    const [, without, one, two, ratio, cpuWithout, cpuOne, cpuServer] = PICTURE_COLUMNS.map((column) =>
      Number(row[column])
    );
    return [
      ...[without, one, two, cpuWithout, cpuOne, cpuServer].map((seconds) => seconds.toFixed(3)),
      ratio.toFixed(2),
      percent((cpuOne + cpuServer) / cpuWithout - 1),
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
    wrapped(`Seconds a picture, a round a row (${pictures.comment}):`),
    markdown(header, rounds),
    wrapped(`Jobs that need no work (${trivial.comment}):`),
    markdown(["what", "a second", "MiB resident after a tenth", "at the end"], rates),
    wrapped(
      `So all that a worker and the server do to take a job out and strike it off is at most ${cores} cores for ` +
        `1/${drain} s: ${(1000 * job).toFixed(1)} ms, ${
          (100 * job / picture).toFixed(2)
        }% of the median picture's time.`,
    ),
  ].join("\n\n");
}

const outputs = new Map<URL, string>();
for (
  const [url, tables] of [
    [README, { speed: speedTable, quality: qualityTable }],
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
for (const metric of ["ssimulacra2", "msssim"] as const) {
  outputs.set(new URL(`kodak-${metric}.svg`, IMAGES), await qualityPlot(metric));
}

for (const [url, text] of outputs) {
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(url, text);
  } else if (await Deno.readTextFile(url).catch(() => "") !== text) {
    console.error(`${url.pathname.split("/").at(-1)} is not what bench/results/ gives: run deno task readme`);
    Deno.exitCode = 1;
  }
}
