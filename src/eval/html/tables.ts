import type { ResultRow } from "../results.ts";
import type { BdTables, SettingMean } from "../summary.ts";
import { bdCells, figureColumns } from "../tables.ts";
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

/** The means over all pictures, a row per setting. */
export function meansTable(means: readonly SettingMean[]): string {
  const { head, cellsOf } = figureColumns(means);
  return htmlTable(
    ["codec", "setting", "pictures", ...head],
    means.map((mean) => [mean.codec, String(mean.setting), String(mean.pictureCount), ...cellsOf(mean)]),
  );
}

/** All measurements of one picture. */
export function pictureTable(rows: readonly ResultRow[]): string {
  const order = [...new Set(rows.map(({ codec }) => codec))];
  const sorted = rows.toSorted((a, b) =>
    order.indexOf(a.codec) - order.indexOf(b.codec) || a.setting - b.setting
  );
  const { head, cellsOf } = figureColumns(rows);
  return htmlTable(
    ["codec", "setting", ...head],
    sorted.map((row) => [row.codec, String(row.setting), ...cellsOf(row)]),
  );
}

/** A table of rate differences for each metric. */
export function bdTables(bd: BdTables): string {
  return bdCells(bd).map(({ label, tested, rows }) =>
    htmlTable(["against", ...tested], rows, `At equal ${label}, % of the bits`)
  ).join("\n");
}
