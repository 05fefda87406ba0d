import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { scoresOf } from "../../src/eval/measure.ts";
import {
  formatScore,
  metricOf,
  METRICS,
  metricsIn,
  MetricTools,
  qualityOf,
} from "../../src/eval/metrics/mod.ts";
import { ratePlot } from "../../src/eval/html/plots.ts";
import { parseEvalOptions } from "../../src/eval/options.ts";
import { formatResults, parseResults } from "../../src/eval/results.ts";
import { ratePoints } from "../../src/eval/summary.ts";
import { figureColumns } from "../../src/eval/tables.ts";
import type { Picture } from "../../src/image/mod.ts";
import { syntheticPair } from "../kernels/metrics/synthetic_pair.ts";
import { withFolder } from "../with_folder.ts";
import { writeMetricPrograms } from "./metric_programs.ts";

function rgba([source, distorted]: ReturnType<typeof syntheticPair>): [Picture, Picture] {
  const of = ({ data, width, height }: typeof source): Picture => {
    const out = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++) out.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    return { data: out, width, height };
  };
  return [of(source), of(distorted)];
}

async function withTools(run: (tools: MetricTools, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const commands = await writeMetricPrograms(folder);
    await Deno.mkdir(`${folder}/pairs`);
    const tools = new MetricTools({ commands, folder: `${folder}/pairs` });
    try {
      await run(tools, folder);
    } finally {
      await tools.close();
    }
    assertEquals([...Deno.readDirSync(`${folder}/pairs`)], []);
  });
}

Deno.test("every metric has an id of its own that columns and options can carry", () => {
  assertEquals(new Set(METRICS.map(({ id }) => id)).size, METRICS.length);
  for (const { id, label, minSide, digits } of METRICS) {
    assertMatch(id, /^[a-z][a-z0-9]*$/);
    assert(label !== "" && minSide >= 1 && digits >= 0, id);
  }
});

Deno.test("every metric gives its best value for equal pictures, and worse values for more distortion", async () => {
  await withTools(async (tools) => {
    const [source] = rgba(syntheticPair(192, 176));
    const strengths = [0, 4, 12, 30, 70];
    const all = [];
    for (const strength of strengths) {
      const distorted = strength === 0 ? structuredClone(source) : rgba(syntheticPair(192, 176, strength))[1];
      all.push(await scoresOf(source, distorted, METRICS, tools));
    }
    for (const metric of METRICS) {
      const values = all.map((scores) => scores[metric.id]);
      assertAlmostEquals(values[0], metric.best, 1e-9, metric.id);
      for (let i = 1; i < values.length; i++) {
        assert(Number.isFinite(values[i]), `${metric.id} at strength ${strengths[i]}`);
        const [before, after] = [qualityOf(metric, values[i - 1]), qualityOf(metric, values[i])];
        assert(
          after < before,
          `${metric.id}: ${values[i - 1]} at ${strengths[i - 1]}, ${values[i]} at ${strengths[i]}`,
        );
      }
    }
  });
});

Deno.test("every metric is defined from its smallest side on, and is NaN below", async () => {
  await withTools(async (tools) => {
    const sides = [...new Set(METRICS.map(({ minSide }) => minSide))];
    for (
      const side of new Set([1, ...sides.flatMap((side) => [side - 1, side])].filter((side) => side > 0))
    ) {
      for (const [width, height] of [[side, 40], [40, side]]) {
        const scores = await scoresOf(...rgba(syntheticPair(width, height)), METRICS, tools);
        for (const { id, minSide } of METRICS) {
          assertEquals(
            Number.isNaN(scores[id]),
            Math.min(width, height) < minSide,
            `${id} ${width}×${height}`,
          );
        }
      }
    }
  });
});

Deno.test("every metric that this package measures itself refuses pictures of different sizes", async () => {
  const tools = new MetricTools({ commands: {}, folder: "." });
  const [a] = rgba(syntheticPair(64, 64)), [b] = rgba(syntheticPair(64, 63));
  for (const metric of METRICS.filter(({ tool }) => !tool)) {
    assertThrows(() => metric.measure(a, b, tools), Error, "sizes must be equal", metric.id);
  }
  await tools.close();
});

Deno.test("every metric has a column, an option, a figure in tables, and a mark per point in its plot", async () => {
  for (const metric of METRICS) {
    const scores = { [metric.id]: metric.better === "higher" ? 0.75 : 1.25 };
    const key = { codec: "a", setting: 1, revision: "0", picture: "p.png", sha256: "00" };
    const row = { ...key, width: 8, height: 8, bytes: 9, bpp: 1.1, scores, encodeMs: 1, decodeMs: 2 };
    assertEquals(parseResults(formatResults([], [row])).rows, [row]);
    assertEquals(parseEvalOptions(["x", "--metrics", metric.id])!.metrics, [metric]);
    const columns = figureColumns([row]);
    assert(columns.head.some((head) => head.startsWith(metric.label)), metric.id);
    assert(columns.cellsOf(row).includes(formatScore(metric, scores[metric.id])), metric.id);
    const points = [{ bpp: 0.5, scores }, { bpp: 1, scores: { [metric.id]: NaN } }, { bpp: 1.1, scores: {} }];
    const svg = await ratePlot([{ name: "a", points }], metric);
    assertEquals(svg.match(/aria-label="a: [^"]*bits per pixel/g)?.length, 1 + 1, metric.id); // its line, and one mark
    assertEquals(ratePoints({ name: "a", points }, metric).length, 2);
  }
});

Deno.test("qualityOf() rises towards the best value on every scale", () => {
  assertAlmostEquals(qualityOf({ better: "higher", scale: "decibels" }, 0.99), 20, 1e-9);
  assertEquals(qualityOf({ better: "higher", scale: "linear" }, 3), 3);
  assertEquals(qualityOf({ better: "lower", scale: "linear" }, 3), -3);
  assertAlmostEquals(qualityOf({ better: "lower", scale: "log" }, Math.E), -1, 1e-12);
  assertEquals(qualityOf({ better: "lower", scale: "log" }, 0), Infinity);
  assertAlmostEquals(qualityOf({ better: "nearer-1", scale: "log" }, 0.5), -Math.LN2, 1e-12);
  assertAlmostEquals(qualityOf({ better: "nearer-1", scale: "log" }, 2), -Math.LN2, 1e-12);
  assertEquals(Number.isNaN(qualityOf({ better: "lower", scale: "log" }, NaN)), true);
});

Deno.test("formatScore() writes a dash for no value and a true minus sign", () => {
  assertEquals([undefined, NaN, Infinity, -1.25].map((value) => formatScore({ digits: 1 }, value)), [
    "–",
    "–",
    "∞",
    "−1.3",
  ]);
});

Deno.test("metricOf() and metricsIn() find metrics by id, in the order of the list", () => {
  assertEquals(metricOf("psnr").label, "PSNR");
  assertThrows(() => metricOf("vmaf"), RangeError, 'got "vmaf"');
  assertEquals(metricsIn([{ psnr: 1 }, { msssim: 1, later: 2 }]).map(({ id }) => id), ["msssim", "psnr"]);
});
