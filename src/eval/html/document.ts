import type { Breakdown } from "../breakdown.ts";
import type { ResultRow } from "../results.ts";
import type { SideBySide } from "../side_by_side.ts";
import { metricOf } from "../metrics/mod.ts";
import type { BdTables, CodecCurve, SettingMean } from "../summary.ts";
import { compareSection, ImageSheet } from "./compare.ts";
import { escapeHtml } from "./escape.ts";
import { bytesPlot, histogramPlot, ratePlot, timesPlot } from "./plots.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { bdTables, htmlTable, meansTable, pictureTable } from "./tables.ts";

/** One file of ours, taken apart. */
export interface FileBreakdown extends Breakdown {
  /** The picture's name. */
  readonly picture: string;
  /** Most bits a pixel that were asked for. */
  readonly bpp: number;
}

/** The figures of one picture set. */
export interface SetReport {
  /** The set's name; absent for pictures named without a set. */
  readonly name?: string;
  /** Names of its pictures. */
  readonly pictures: readonly string[];
  /** What the figures are over. */
  readonly notes: readonly string[];
  /** Every measurement. */
  readonly rows: readonly ResultRow[];
  /** Their means. */
  readonly means: readonly SettingMean[];
  /** Lines of the plots. */
  readonly curves: readonly CodecCurve[];
  /** Rate differences; each metric has a plot, too. */
  readonly bd: BdTables;
}

/** Everything a report shows. */
export interface ReportData {
  /** The sets, at least one. */
  readonly sets: readonly SetReport[];
  /** Pictures at equal bytes; rates of one picture follow each other. */
  readonly comparisons: readonly SideBySide[];
  /** Files taken apart. */
  readonly breakdowns: readonly FileBreakdown[];
}

/**
 * Makes the report: one HTML file that needs nothing else.
 *
 * @param data What to show.
 * @returns The file's text.
 */
export async function reportDocument(data: ReportData): Promise<string> {
  const sheet = new ImageSheet();
  const rates = await Promise.all(data.sets.map((set, i) => ratesSection(set, i, data.sets.length)));
  const rows = data.sets.flatMap((set) => set.rows);
  const sections = [
    ...rates,
    `<h2 id="pictures">Every picture</h2>\n${pictureTables(rows)}`,
    await comparisonsSection(data, sheet),
    await breakdownSection(data),
  ];
  const links = data.sets.map((set, i) => [ratesId(i), ratesTitle(set, data.sets.length)]);
  links.push(["pictures", "Every picture"]);
  if (data.comparisons.length > 0) links.push(["compare", "Side by side"]);
  if (data.breakdowns.length > 0) links.push(["breakdown", "Inside a file"]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>VaeRANS: what a quality costs</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<style>${sheet.css}</style>
<h1>What a quality costs</h1>
<nav>${links.map(([id, title]) => `<a href="#${id}">${escapeHtml(title)}</a>`).join("")}</nav>
${sections.join("\n")}
<script>${SCRIPT}</script>
</html>
`;
}

function ratesId(index: number): string {
  return index === 0 ? "rates" : `rates-${index + 1}`;
}

function ratesTitle({ name }: SetReport, setCount: number): string {
  return setCount === 1 ? "Rates" : `Rates: ${name ?? "pictures"}`;
}

async function ratesSection(set: SetReport, index: number, setCount: number): Promise<string> {
  const { curves, bd, means, notes } = set;
  const plots = await Promise.all(Object.keys(bd).map((id) => ratePlot(curves, metricOf(id))));
  return `<h2 id="${ratesId(index)}">${escapeHtml(ratesTitle(set, setCount))}</h2>
${notes.map((note) => `<p class="soft">${escapeHtml(note)}</p>`).join("\n")}
<div class="plots">${plots.map((plot) => `<figure class="plot">${plot}</figure>`).join("\n")}</div>
<h3>Rate differences</h3>
<p class="soft">How many more bits the column's codec takes than the row's at equal quality, on average
(Bjøntegaard); below zero it takes fewer.</p>
<div class="tables">${bdTables(bd)}</div>
<h3>Means</h3>
${meansTable(means)}`;
}

function pictureTables(rows: readonly ResultRow[]): string {
  const pictures = Map.groupBy(rows, ({ picture, sha256 }) => `${sha256} ${picture}`);
  return [...pictures.values()].map((rows) => {
    const [{ picture, width, height }] = rows;
    return `<details><summary>${escapeHtml(picture)}, ${width}×${height}</summary>${
      pictureTable(rows)
    }</details>`;
  }).join("\n");
}

async function comparisonsSection({ comparisons }: ReportData, sheet: ImageSheet): Promise<string> {
  if (comparisons.length === 0) return "";
  const parts: string[] = [];
  for (const group of Map.groupBy(comparisons, ({ name }) => name).values()) {
    parts.push(await compareSection(group, sheet));
  }
  return `<h2 id="compare">Side by side at equal bytes</h2>
<p class="soft">Drag over a picture to move the border. Below: every codec's picture, and its error against the source,
four times as bright.</p>
${parts.join("\n")}`;
}

async function breakdownSection({ breakdowns }: ReportData): Promise<string> {
  if (breakdowns.length === 0) return "";
  const parts: string[] = [];
  for (const [index, breakdown] of breakdowns.entries()) {
    const plots = [
      await bytesPlot(breakdown),
      await timesPlot(breakdown, "encode"),
      await timesPlot(breakdown, "decode"),
    ];
    const share = (bytes: number) => `${(100 * bytes / breakdown.bytes).toFixed(1)} %`;
    const pieces = [{ name: "header and checksums", bytes: breakdown.headerBytes }, ...breakdown.sections];
    parts.push(
      `<details${index === 0 ? " open" : ""}><summary>${
        escapeHtml(breakdown.picture)
      } at ${breakdown.bpp} bits a
pixel, ${escapeHtml(breakdown.model)}</summary>
${htmlTable(["part", "bytes", "share"], pieces.map(({ name, bytes }) => [name, String(bytes), share(bytes)]))}
<div class="plots">${plots.map((plot) => `<figure class="plot">${plot}</figure>`).join("\n")}</div>
${
        breakdown.bands.length === 0
          ? ""
          : `<h4>How often each quantised value occurs, by subband</h4><figure class="plot wide facets">${await histogramPlot(
            breakdown,
          )}</figure>`
      }</details>`,
    );
  }
  return `<h2 id="breakdown">Inside a file</h2>
<p class="soft">Where the bytes go: a subband's are what the file grows by when it joins those before it. Where the time
goes: one run each, models loaded.</p>
${parts.join("\n")}`;
}
