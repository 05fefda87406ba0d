import type { BdMetric, BdTables, SettingMean } from "./summary.ts";

/** Names of the metrics. */
export const METRIC_TITLES: Readonly<Record<BdMetric, string>> = {
  msssim: "MS-SSIM",
  ssimulacra2: "SSIMULACRA2",
  psnr: "PSNR",
};

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
  const lines = [
    "## Means by setting",
    "",
    "| codec | setting | pictures | bytes | bpp | PSNR, dB | SSIM | MS-SSIM | SSIMULACRA2 | encode, ms | decode, ms |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...means.map((mean) =>
      row([
        mean.codec,
        String(mean.setting),
        String(mean.pictureCount),
        mean.bytes.toFixed(0),
        mean.bpp.toFixed(4),
        mean.psnr.toFixed(3),
        mean.ssim.toFixed(4),
        mean.msssim.toFixed(4),
        mean.ssimulacra2.toFixed(2),
        mean.encodeMs.toFixed(0),
        mean.decodeMs.toFixed(0),
      ])
    ),
  ];
  for (const [metric, table] of Object.entries(bd)) {
    const tested = Object.keys(Object.values(table)[0] ?? {});
    if (tested.length === 0) continue;
    lines.push(
      "",
      `## BD-rate at equal ${
        METRIC_TITLES[metric as BdMetric]
      }, % (negative: the column's codec takes fewer bits than the row's)`,
      "",
      row(["reference", ...tested]),
      `|${"---|".repeat(tested.length + 1)}`,
      ...Object.entries(table).map(([reference, values]) =>
        row([reference, ...tested.map((name) => name === reference ? "" : percent(values[name]))])
      ),
    );
  }
  return [...lines, "", ...notes, ""].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function percent(value: number | null): string {
  return value === null ? "–" : `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}
