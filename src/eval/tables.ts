import { formatScore, metricOf, metricsIn, titleOf } from "./metrics/mod.ts";
import type { BdTables, SettingMean } from "./summary.ts";

/** Figures of a row of results or of a mean, as text: head and cells of a table, metrics in their order. */
export interface FigureColumns {
  /** Names of the columns. */
  readonly head: readonly string[];
  /** The cells of one line. */
  cellsOf(line: Omit<SettingMean, "codec" | "setting" | "pictureCount">): string[];
}

/**
 * Columns for some lines: size, the metrics that were measured, times.
 *
 * @param lines The lines.
 * @returns The columns.
 */
export function figureColumns(lines: readonly Pick<SettingMean, "scores">[]): FigureColumns {
  const metrics = metricsIn(lines.map(({ scores }) => scores));
  return {
    head: ["bytes", "bpp", ...metrics.map(titleOf), "encode, ms", "decode, ms"],
    cellsOf: (line) => [
      line.bytes.toFixed(0),
      line.bpp.toFixed(4),
      ...metrics.map((metric) => formatScore(metric, line.scores[metric.id])),
      line.encodeMs.toFixed(0),
      line.decodeMs.toFixed(0),
    ],
  };
}

/**
 * The summary as Markdown: means by setting, then a table of rate differences for each metric.
 *
 * @param means The means.
 * @param bd By metric, the rate differences.
 * @param notes Lines that say what the figures are over.
 * @returns The text, ending in a line break.
 */
export function summaryMarkdown(
  means: readonly SettingMean[],
  bd: BdTables,
  notes: readonly string[],
): string {
  const columns = figureColumns(means), head = ["codec", "setting", "pictures", ...columns.head];
  const lines = [
    "## Means by setting",
    "",
    row(head),
    `|${"---|".repeat(head.length)}`,
    ...means.map((mean) =>
      row([mean.codec, String(mean.setting), String(mean.pictureCount), ...columns.cellsOf(mean)])
    ),
  ];
  for (const { label, tested, rows } of bdCells(bd)) {
    lines.push(
      "",
      `## BD-rate at equal ${label}, % (negative: the column's codec takes fewer bits than the row's)`,
      "",
      row(["reference", ...tested]),
      `|${"---|".repeat(tested.length + 1)}`,
      ...rows.map(row),
    );
  }
  return [...lines, "", ...notes, ""].join("\n");
}

/**
 * Tables of rate differences as text, for each metric that codecs were compared by.
 *
 * @param bd By metric, the rate differences.
 * @returns The metric's label, the names of the codecs tested, and by reference its name and a cell per codec.
 */
export function bdCells(bd: BdTables): { label: string; tested: string[]; rows: string[][] }[] {
  return Object.entries(bd).flatMap(([id, table]) => {
    const tested = Object.keys(Object.values(table)[0] ?? {});
    const rows = Object.entries(table).map(([reference, values]) => [
      reference,
      ...tested.map((name) => name === reference ? "" : percent(values[name])),
    ]);
    return tested.length === 0 ? [] : [{ label: metricOf(id).label, tested, rows }];
  });
}

/** A line of a Markdown table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A rate difference with its sign. */
export function percent(value: number | null): string {
  return value === null ? "–" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}
