import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { parseAnchors } from "../../src/eval/anchors.ts";
import { metricOf } from "../../src/eval/metrics/mod.ts";
import type { ResultRow } from "../../src/eval/results.ts";
import { bdTable, curvesOf, settingMeans } from "../../src/eval/summary.ts";
import { summaryMarkdown } from "../../src/eval/tables.ts";

function row(codec: string, setting: number, picture: string, bpp: number, quality: number): ResultRow {
  const scores = { psnr: quality, ssim: 0.9, msssim: 1 - 10 ** (-quality / 20), texture: 10 ** -quality };
  const size = { width: 10, height: 10, bytes: bpp * 12.5, bpp, encodeMs: 2, decodeMs: 1 };
  return { codec, setting, revision: "00000000", picture, sha256: picture, ...size, scores };
}

/** Two codecs on two pictures; the second takes twice the bits of the first at each quality. */
const ROWS = ["a.png", "b.png"].flatMap((picture, i) =>
  [[10, 0.1, 24], [50, 0.3, 30], [90, 0.9, 36]].flatMap(([setting, bpp, quality]) => [
    row("small", setting, picture, bpp * (1 + i), quality + i),
    row("large", setting, picture, 2 * bpp * (1 + i), quality + i),
  ])
);

Deno.test("settingMeans() averages over pictures, settings ascending", () => {
  const means = settingMeans([...ROWS].reverse());
  assertEquals(means.map(({ codec, setting }) => `${codec} ${setting}`), [
    "large 10",
    "large 50",
    "large 90",
    "small 10",
    "small 50",
    "small 90",
  ]);
  assertAlmostEquals(means[3].bpp, 0.15, 1e-12);
  assertAlmostEquals(means[3].scores.psnr, 24.5, 1e-12);
  assertEquals(means[3].pictureCount, 2);
});

Deno.test("curvesOf() leaves out settings that lack pictures", () => {
  const curves = curvesOf(settingMeans(ROWS.slice(1)), 2);
  assertEquals(curves.map(({ name, points }) => [name, points.length]), [["large", 3], ["small", 2]]);
});

Deno.test("bdTable() finds twice and half the bits in all metrics", () => {
  const curves = curvesOf(settingMeans(ROWS), 2);
  for (const id of ["psnr", "msssim", "texture"]) {
    const table = bdTable(curves, [], metricOf(id));
    assertAlmostEquals(table.small.large!, 100, 1e-6);
    assertAlmostEquals(table.large.small!, -50, 1e-6);
  }
});

Deno.test("settingMeans() leaves out a metric that a row lacks, and pictures that a metric is not defined for", () => {
  const [a, b] = ROWS.filter(({ codec, setting }) => codec === "small" && setting === 10);
  const withScores = (row: ResultRow, scores: Record<string, number>) => ({ ...row, scores });
  const [mean] = settingMeans([
    withScores(a, { psnr: 30, fine: NaN, ssim: NaN }),
    withScores(b, { fine: 0.5, ssim: NaN }),
  ]);
  assertEquals(mean.scores, { fine: 0.5, ssim: NaN });
});

Deno.test("parseAnchors() averages over the run's pictures where the file has them", () => {
  const images = { a: { bpp: 0.2, psnr: 30 }, b: { bpp: 0.4, psnr: 32 }, c: { bpp: 9, psnr: 50 } };
  const text = JSON.stringify({ codecs: { old: { points: [{ bpp: 3.2, psnr: 37.3, images }] } } });
  const same = parseAnchors([text], ["x/a.png", "b.jpeg"]);
  assertEquals(same.samePictures, true);
  assertEquals(same.curves[0].name, "anchor: old");
  assertAlmostEquals(same.curves[0].points[0].bpp, 0.3, 1e-12);
  assertEquals(same.curves[0].points[0].scores, { psnr: 31 });
  const other = parseAnchors([text], ["z.png"]);
  assertEquals(other.samePictures, false);
  assertEquals(other.curves[0].points, [{ bpp: 3.2, scores: { psnr: 37.3 } }]);
  assertThrows(() => parseAnchors(["{}"], []), SyntaxError, "codecs");
});

Deno.test("parseAnchors() joins the settings of several files, under the metrics' names elsewhere", () => {
  const sizes = {
    setting: 5,
    bpp: 1,
    butteraugli_p3: 2,
    images: { a: { bytes: 40, bpp: 0.2, butteraugli_p3: 1 } },
  };
  const more = { setting: 5, bpp: 1, fhd: 9, images: { a: { bytes: 40, fhd: 8 } } };
  const of = (point: unknown) => JSON.stringify({ codecs: { old: [point] } });
  const { curves } = parseAnchors([of(more), of(sizes)], ["a.png"]);
  assertEquals(curves[0].points, [{ bpp: 0.2, scores: { cvvdp: 8, butteraugli: 1 } }]);
  const larger = { ...more, images: { a: { bytes: 41 } } };
  assertThrows(() => parseAnchors([of(sizes), of(larger)], ["a.png"]), SyntaxError, "got 40 and 41 bytes");
});

Deno.test("summaryMarkdown() has a line a setting and a table a metric, without its own codec's zero", () => {
  const means = settingMeans(ROWS), curves = curvesOf(means, 2);
  const anchors = [
    { name: "far|away", points: [{ bpp: 1, scores: { psnr: 90 } }] },
    { name: "unmeasured", points: [{ bpp: 1, scores: { ssim: 0.5 } }] },
  ];
  const bd = {
    msssim: bdTable(curves, [], metricOf("msssim")),
    texture: bdTable(curves, [], metricOf("texture")),
    psnr: bdTable(curves, anchors, metricOf("psnr")),
  };
  const text = summaryMarkdown(means, bd, ["A note."]);
  assertEquals(text.match(/^\| (small|large) \| \d+ \|/gm)?.length, 6);
  assertEquals(text.includes("| small |  | +100.0 |"), true);
  assertEquals(text.includes("| far\\|away | – | – |"), true);
  assertEquals(text.includes("unmeasured"), false);
  assertEquals(text.endsWith("A note.\n"), true);
});
