import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { metricOf } from "../../src/eval/metrics/mod.ts";
import { differenceInWindow, valueAtRate, windowedCurves } from "../../src/eval/rate_windows.ts";
import { formatResults, type ResultRow } from "../../src/eval/results.ts";
import { withFolder } from "../with_folder.ts";
import { runDeno } from "../run_deno.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

function row(codec: string, setting: number, picture: string, bpp: number, psnr: number): ResultRow {
  const key = { codec, setting, revision: "0", picture: `${picture}.png`, sha256: picture };
  const scores = { psnr, butteraugli: 60 - psnr };
  return { ...key, width: 8, height: 8, bytes: 8 * bpp, bpp, scores, encodeMs: 1, decodeMs: 1 };
}

/** `ours` takes half the bits of `ref` below 33 dB, the same above; it was not measured on picture c. */
const ROWS = [
  ...["a", "b", "c"].flatMap((picture) =>
    [0.1, 0.2, 0.4, 0.8, 1.6].map((bpp, i) => row("ref", i, picture, bpp, 27 + 3 * i))
  ),
  ...["a", "b"].flatMap((picture) =>
    [0.05, 0.1, 0.2, 0.8].map((bpp, i) => row("ours", 10 * i, picture, bpp, 27 + 3 * i))
  ),
];

Deno.test("windowedCurves() compares over the pictures that all have in common", () => {
  const { reference, tested, pictures } = windowedCurves(ROWS, "ref");
  assertEquals([reference.name, tested.map(({ name }) => name), pictures], ["ref", ["ours"], [
    "a.png",
    "b.png",
  ]]);
  assertEquals(windowedCurves(ROWS, "ref", (name) => name === "b.png").pictures, ["b.png"]);
  assertThrows(
    () => windowedCurves(ROWS, "ref", (name) => name === "c.png"),
    RangeError,
    "got 1 pictures of ref",
  );
  const lacking = ROWS.filter(({ codec, setting, sha256 }) =>
    codec === "ref" || (setting < 20) === (sha256 === "a")
  );
  assertThrows(() => windowedCurves(lacking, "ref"), RangeError, "all 2 pictures (got ref)");
  assertThrows(() => windowedCurves(ROWS, "none"), RangeError, "none and another codec");
});

Deno.test("differenceInWindow() judges only the reference's rates in the window, and states its coverage", () => {
  const { reference, tested: [ours] } = windowedCurves(ROWS, "ref");
  for (const id of ["psnr", "butteraugli"]) {
    const low = differenceInWindow(reference, ours, metricOf(id), { minBpp: 0.1, maxBpp: 0.2 })!;
    assertAlmostEquals(low.percent, -50, 0.5);
    assertAlmostEquals(low.coverage, 1, 1e-6);
    const high = differenceInWindow(reference, ours, metricOf(id), { minBpp: 0.4, maxBpp: 1.6 })!;
    assertAlmostEquals(high.coverage, 0.5, 1e-6);
  }
  assertEquals(differenceInWindow(reference, ours, metricOf("psnr"), { minBpp: 1, maxBpp: 1.6 }), undefined);
});

Deno.test("valueAtRate() interpolates between settings and does not extrapolate", () => {
  const { reference } = windowedCurves(ROWS, "ref");
  assertAlmostEquals(valueAtRate(reference, metricOf("psnr"), 0.4)!, 33, 1e-9);
  assertAlmostEquals(valueAtRate(reference, metricOf("psnr"), 0.2 * Math.SQRT2)!, 31.5, 1e-9);
  assertEquals(valueAtRate(reference, metricOf("psnr"), 0.09), undefined);
  assertEquals(valueAtRate(reference, metricOf("ssim"), 0.4), undefined);
});

Deno.test("deno task rates prints a table per codec, marks what the settings do not cover, and fails in a line", async () => {
  await withFolder(async (folder) => {
    const ours = ROWS.filter(({ codec }) => codec === "ours"),
      reference = ROWS.filter((row) => !ours.includes(row));
    await Deno.writeTextFile(`${folder}/ours.tsv`, formatResults([], ours));
    await Deno.writeTextFile(`${folder}/ref.tsv`, formatResults(["The reference."], reference));
    const run = (...args: string[]) =>
      runDeno("run --quiet --no-prompt -R", [`${ROOT}scripts/rate_table.ts`, ...args]);
    const args = [`${folder}/ours.tsv`, "--reference", `${folder}/ref.tsv`, "--against", "ref"];
    const { code, out } = await run(...args, "--windows", "0.1-0.2,0.4-1.6", "--at", "0.2");
    assertEquals(code, 0);
    assertMatch(out, /^ours against ref, BD-rate in %, mean of 2 pictures/);
    assertMatch(out, /\| ref's bpp \| Butteraugli 3-norm \| PSNR \|/);
    assertMatch(out, /\| 0\.1–0\.2 \| −50\.\d \| −50\.\d \|/);
    assertMatch(out, /\| 0\.4–1\.6 \| −?\+?[\d.]+\* \|/);
    assertMatch(out, /\| 0\.2 \| ref \| 30\.000 \| 30\.00 \|/);
    const { differences, pictures } = JSON.parse((await run(...args, "--json", "--pictures", "b")).out);
    assertEquals([Object.keys(differences), pictures], [["ours"], ["b.png"]]);
    assertEquals(typeof differences.ours[0].psnr.percent, "number");
    for (
      const [wrong, exit, message] of [
        [[], 2, /No table of results/],
        [[...args, "--windows", "1-0.5"], 2, /LOW-HIGH/],
        [[...args, "--at", "0"], 2, /above 0/],
        [[...args, "--pictures", "z"], 1, /must hold ref and another codec/],
        [[`${folder}/nothing.tsv`], 1, /nothing\.tsv/],
      ] as [string[], number, RegExp][]
    ) {
      const failed = await run(...wrong);
      assertEquals([failed.code, failed.out], [exit, ""]);
      assertMatch(failed.err, message);
    }
  });
});
