import { assertEquals, assertRejects } from "@std/assert";
import { type ResultRow, ResultStore } from "../../src/eval/results.ts";
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
  psnr: Infinity,
  ssim: 1,
  msssim: 0.999,
  ssimulacra2: NaN,
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
    assertEquals(again.has(ROW), true);
    assertEquals(again.has({ ...ROW, setting: 50 }), false);
    assertEquals(again.has({ ...ROW, sha256: "ff" }), false);
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
    assertEquals(store.has(newer), false);
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
