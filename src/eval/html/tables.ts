import type { ResultRow } from "../results.ts";
import type { BdMetric, BdTables, SettingMean } from "../summary.ts";
import { METRIC_TITLES } from "../tables.ts";
import { escapeHtml } from "./escape.ts";

/** A table whose first column names the rows. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  caption?: string,
): string {
  const cells = (row: readonly string[], tag: "th" | "td") =>
    row.map((cell, i) => {
      const name = i === 0 && tag === "td" ? 'th scope="row"' : tag === "th" ? 'th scope="col"' : "td";
      return `<${name}>${escapeHtml(cell)}</${name.slice(0, 2)}>`;
    }).join("");
  return `<div class="wide"><table>${
    caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`
  }` +
    `<thead><tr>${cells(header, "th")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n")}</tbody></table></div>`;
}

const FIGURES = [
  "bytes",
  "bits a pixel",
  "PSNR, dB",
  "SSIM",
  "MS-SSIM",
  "SSIMULACRA2",
  "encode, ms",
  "decode, ms",
];

/** The means over all pictures, a row a setting. */
export function meansTable(means: readonly SettingMean[]): string {
  return htmlTable(
    ["codec", "setting", "pictures", ...FIGURES],
    means.map((mean) => [mean.codec, String(mean.setting), String(mean.pictureCount), ...figuresOf(mean)]),
  );
}

/** All measurements of one picture. */
export function pictureTable(rows: readonly ResultRow[]): string {
  const order = [...new Set(rows.map(({ codec }) => codec))];
  const sorted = rows.toSorted((a, b) =>
    order.indexOf(a.codec) - order.indexOf(b.codec) || a.setting - b.setting
  );
  return htmlTable(
    ["codec", "setting", ...FIGURES],
    sorted.map((row) => [row.codec, String(row.setting), ...figuresOf(row)]),
  );
}

function figuresOf(row: Omit<SettingMean, "codec" | "setting" | "pictureCount">): string[] {
  return [
    row.bytes.toFixed(0),
    row.bpp.toFixed(4),
    row.psnr.toFixed(2),
    row.ssim.toFixed(4),
    row.msssim.toFixed(4),
    row.ssimulacra2.toFixed(1).replace("-", "−"),
    row.encodeMs.toFixed(0),
    row.decodeMs.toFixed(0),
  ];
}

/** A table of rate differences for each metric. */
export function bdTables(bd: BdTables): string {
  return Object.entries(bd).flatMap(([metric, table]) => {
    const tested = Object.keys(Object.values(table)[0] ?? {});
    if (tested.length === 0) return [];
    const rows = Object.entries(table).map(([reference, values]) => [
      reference,
      ...tested.map((name) => name === reference ? "" : percent(values[name])),
    ]);
    return [
      htmlTable(["against", ...tested], rows, `At equal ${METRIC_TITLES[metric as BdMetric]}, % of the bits`),
    ];
  }).join("\n");
}

function percent(value: number | null): string {
  if (value === null) return "–";
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}
