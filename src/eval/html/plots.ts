import { type Breakdown, HISTOGRAM_REACH } from "../breakdown.ts";
import { type Metric, qualityOf, titleOf } from "../metrics/mod.ts";
import type { CodecCurve } from "../summary.ts";
import { renderPlot } from "./vega.ts";

/** Told apart on white and on black, and by most colour-blind people; the first is ours. */
const PALETTE = ["#e0356f", "#1c7ed6", "#2f9e44", "#e8870e", "#868e96", "#9c5de0", "#0ca5a5", "#b08050"];
const KNOWN: readonly string[] = ["vaerans", "avif", "jxl", "webp", "jpeg"];

/** A colour for each codec, the same in every plot. */
function codecColours(codecs: readonly string[]): string[] {
  const others = codecs.filter((codec) => !KNOWN.includes(codec));
  return codecs.map((codec) => {
    const known = KNOWN.indexOf(codec);
    return PALETTE[(known >= 0 ? known : KNOWN.length + others.indexOf(codec)) % PALETTE.length];
  });
}

/** What a rate–distortion plot leaves out. */
export interface RatePlotOptions {
  /** Most bits per pixel. */
  readonly maxBpp?: number;
  /** Plot's inner width, in pixels. */
  readonly width?: number;
  /** Plot's inner height. */
  readonly height?: number;
}

/**
 * Quality over rate, a line per codec; up is better, except where the best value lies in the middle.
 *
 * @param curves The codecs.
 * @param metric Of the quality.
 * @param options What to leave out.
 * @returns An `svg` element.
 */
export async function ratePlot(
  curves: readonly CodecCurve[],
  metric: Metric,
  options: RatePlotOptions = {},
): Promise<string> {
  const { maxBpp = Infinity, width = 400, height = 280 } = options;
  const title = axisTitle(metric);
  const values = curves.flatMap(({ name, points }) =>
    points.flatMap(({ bpp, scores }) => {
      const score = scores[metric.id];
      if (score === undefined || bpp > maxBpp) return [];
      const quality = metric.scale === "decibels" ? qualityOf(metric, score) : score;
      // Of a lossless file, infinitely many decibels and the logarithm of 0 have no place on an axis.
      if (!Number.isFinite(quality) || !Number.isFinite(qualityOf(metric, score))) return [];
      const tip = `${name}: ${bpp.toFixed(3)} bits per pixel, ${title} ${quality.toFixed(metric.digits)}`;
      return [{ codec: name, bpp, quality, tip }];
    })
  );
  // The same colours in all plots, also where a metric was not measured for some codec.
  const colours = codecColours(curves.map(({ name }) => name));
  const drawn = curves.map(({ name }, i) => ({ name, colour: colours[i] }))
    .filter(({ name }) => values.some(({ codec }) => codec === name));
  const bpps = values.map(({ bpp }) => bpp);
  const ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].filter((tick) =>
    tick >= Math.min(...bpps) && tick <= Math.max(...bpps)
  );
  return await renderPlot({
    data: { values },
    width,
    height,
    mark: { type: "line", point: { size: 36, filled: true }, strokeWidth: 2 },
    encoding: {
      x: {
        field: "bpp",
        type: "quantitative",
        title: "bits per pixel",
        scale: { type: "log", nice: false, padding: 12 },
        axis: { values: ticks, format: "~g" },
      },
      y: {
        field: "quality",
        type: "quantitative",
        title,
        scale: {
          reverse: metric.better === "lower",
          ...(metric.scale === "log"
            ? { type: "log", nice: false, padding: 12 }
            : { zero: false, nice: true }),
        },
      },
      color: {
        field: "codec",
        type: "nominal",
        title: null,
        scale: { domain: drawn.map(({ name }) => name), range: drawn.map(({ colour }) => colour) },
        legend: { orient: "bottom", columns: 6, symbolType: "circle" },
      },
      order: { field: "bpp" },
      description: { field: "tip" },
    },
  }, `${title} over bits per pixel`);
}

function axisTitle(metric: Metric): string {
  const title = titleOf(metric.scale === "decibels" ? { ...metric, unit: "dB" } : metric);
  return metric.better === "lower" ? `${title} (lower is better)` : title;
}

/** Where a file's bytes go: header, and what each subband adds. */
export async function bytesPlot({ headerBytes, sections, bands, bytes }: Breakdown): Promise<string> {
  const parts = bands.length > 0 ? bands : sections;
  const values = [{ name: "header", bytes: headerBytes }, ...parts].map((part) => ({
    name: part.name,
    bytes: part.bytes,
    tip: `${part.name}: ${part.bytes} bytes, ${(100 * part.bytes / bytes).toFixed(1)} %`,
  }));
  return await barPlot(values, "bytes", "Bytes by part of the file");
}

/** Where the time goes, a bar a step; encoding and decoding. */
export async function timesPlot({ times }: Breakdown, side: "encode" | "decode"): Promise<string> {
  const values = times.filter((time) => time.side === side).map(({ step, ms }) => ({
    name: step.replace(/\(.*\)$/, ""), // the side tells the mode
    ms,
    tip: `${step}: ${ms.toFixed(1)} ms`,
  }));
  return await barPlot(values, "ms", `Milliseconds by step, to ${side}`);
}

async function barPlot(
  values: readonly { readonly name: string; readonly tip: string }[],
  field: string,
  title: string,
): Promise<string> {
  return await renderPlot({
    title,
    data: { values: [...values] },
    width: 280,
    height: { step: 20 },
    mark: { type: "bar", color: PALETTE[0], cornerRadiusEnd: 2 },
    encoding: {
      y: { field: "name", type: "nominal", sort: null, title: null, axis: { labelLimit: 160 } },
      x: { field, type: "quantitative", title: field },
      description: { field: "tip" },
    },
  }, title);
}

/** How often each quantised value occurs, a histogram a subband. */
export async function histogramPlot({ bands }: Breakdown): Promise<string> {
  const values = bands.flatMap(({ name, count, histogram }) =>
    [...histogram].map(([value, occurrences]) => ({
      band: name,
      value,
      share: occurrences / count,
      tip: `${name}, ${value}: ${occurrences} of ${count}`,
    }))
  );
  const edge = `datum.value == ${HISTOGRAM_REACH} ? '≥${HISTOGRAM_REACH}' : ` +
    `datum.value == -${HISTOGRAM_REACH} ? '≤−${HISTOGRAM_REACH}' : format(datum.value, 'd')`;
  return await renderPlot({
    data: { values },
    facet: { field: "band", type: "nominal", title: null, sort: bands.map(({ name }) => name) },
    columns: 4,
    spacing: 18,
    spec: {
      width: 150,
      height: 80,
      mark: { type: "bar", color: PALETTE[1], width: 9 },
      encoding: {
        x: {
          field: "value",
          type: "quantitative",
          title: null,
          scale: { domain: [-HISTOGRAM_REACH - 0.5, HISTOGRAM_REACH + 0.5], nice: false },
          axis: { values: [-HISTOGRAM_REACH, -3, 0, 3, HISTOGRAM_REACH], labelExpr: edge, grid: false },
        },
        y: {
          field: "share",
          type: "quantitative",
          title: null,
          scale: { domain: [0, 1] },
          axis: { format: "%", tickCount: 3 },
        },
        description: { field: "tip" },
      },
    },
  }, "Histograms of quantised values by subband");
}
