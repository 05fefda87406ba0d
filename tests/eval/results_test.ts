import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { formatResults, parseResults, type ResultRow, ResultStore } from "../../src/eval/results.ts";
import { withFolder } from "../with_folder.ts";

const ROW: ResultRow = {
  codec: "webp",
  setting: 30,
  revision: "0123abcd",
  picture: "a b/ä.png",
  sha256: "0011223344556677",
  width: 3,
  height: 2,
  bytes: 100,
  bpp: 133.33333333333334,
  scores: { psnr: Infinity, ssim: 1, msssim: 0.999, ssimulacra2: NaN },
  encodeMs: 1.5,
  decodeMs: 0.25,
};

Deno.test("ResultStore keeps rows across openings, with every digit", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    const store = await ResultStore.open(path);
    await store.add(ROW);
    await store.add({ ...ROW, setting: 40 });
    const again = await ResultStore.open(path);
    assertEquals(again.rows, [ROW, { ...ROW, setting: 40 }]);
    assertEquals(again.get(ROW), ROW);
    assertEquals(again.get({ ...ROW, setting: 50 }), undefined);
    assertEquals(again.get({ ...ROW, sha256: "ff" }), undefined);
  });
});

Deno.test("ResultStore drops a last line that was cut short and goes on behind it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    const store = await ResultStore.open(path);
    await store.add(ROW);
    await Deno.writeTextFile(path, "avif\t30\t0123", { append: true });
    const again = await ResultStore.open(path);
    assertEquals(again.rows, [ROW]);
    await again.add({ ...ROW, codec: "jxl" });
    assertEquals((await ResultStore.open(path)).rows.map(({ codec }) => codec), ["webp", "jxl"]);
  });
});

Deno.test("ResultStore does not count a row of another revision, and replaces it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    const store = await ResultStore.open(path);
    await store.add(ROW);
    const newer = { ...ROW, revision: "ffffffff", bytes: 90 };
    assertEquals(store.get(newer), undefined);
    await store.add(newer);
    assertEquals(store.rows, [newer]);
    assertEquals((await ResultStore.open(path)).rows, [newer]);
  });
});

Deno.test("ResultStore forgets the codecs it is told to", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    const store = await ResultStore.open(path);
    await store.add(ROW);
    await store.add({ ...ROW, codec: "vaerans" });
    assertEquals((await ResultStore.open(path, new Set(["vaerans"]))).rows, [ROW]);
    assertEquals((await ResultStore.open(path)).rows, [ROW]);
  });
});

Deno.test("ResultStore refuses a file that is no table of results, and leaves it alone", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    await Deno.writeTextFile(path, "my diary\nof last year\n");
    await assertRejects(() => ResultStore.open(path), SyntaxError, "my diary");
    assertEquals(await Deno.readTextFile(path), "my diary\nof last year\n");
  });
});

/** A table of the first release: fixed columns, four metrics. */
const EARLIER = `# Kodak, real bytes.
codec\tsetting\trevision\tpicture\tsha256\twidth\theight\tbytes\tbpp\tpsnr\tssim\tmsssim\tssimulacra2\tencodeMs\tdecodeMs
webp\t30\t0123abcd\ta.png\t0011223344556677\t8\t4\t100\t25\tInfinity\t1\t0.999\tNaN\t1.5\t0.25
`;

Deno.test("ResultStore loads a table with fewer metrics, and adds what is measured later", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    await Deno.writeTextFile(path, EARLIER);
    const store = await ResultStore.open(path);
    const [row] = store.rows;
    assertEquals(row.scores, { psnr: Infinity, ssim: 1, msssim: 0.999, ssimulacra2: NaN });
    assertEquals([row.bytes, row.encodeMs, row.decodeMs], [100, 1.5, 0.25]);
    const complete = { ...row, scores: { ...row.scores, texture: 0.5 } };
    await store.add(complete);
    assertEquals((await ResultStore.open(path)).rows, [complete]);
    assertEquals(parseResults(await Deno.readTextFile(path)).comments, ["Kodak, real bytes."]);
  });
});

Deno.test("ResultStore keeps the columns of metrics that it does not know", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/results.tsv`;
    await Deno.writeTextFile(path, EARLIER.replace("\tssim\t", "\tlater\t"));
    const store = await ResultStore.open(path);
    await store.add({ ...store.rows[0], setting: 40, scores: { psnr: 30 } });
    const again = await ResultStore.open(path);
    assertEquals(again.rows.map(({ scores }) => scores.later), [1, undefined]);
  });
});

Deno.test("parseResults() reads what formatResults() writes, and names the columns that are missing", () => {
  const text = formatResults(["one", "two"], [ROW], ["psnr", "ssim", "msssim", "ssimulacra2"]);
  assertEquals(parseResults(text), {
    comments: ["one", "two"],
    metrics: ["psnr", "ssim", "msssim", "ssimulacra2"],
    rows: [ROW],
  });
  assertThrows(
    () => parseResults(text.replace("bpp\t", ""), "x.tsv"),
    SyntaxError,
    "Cannot read x.tsv: its columns must include bpp",
  );
  assertThrows(() => parseResults(""), SyntaxError, "codec, setting");
});
