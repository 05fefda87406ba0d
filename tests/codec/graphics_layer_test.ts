import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, inspect } from "../../mod.ts";
import { readContainer, writeContainer } from "../../src/format/mod.ts";
import { mixedPicture, scannedPage } from "./plan/graphics/_pictures.ts";

const WIDTH = 192, HEIGHT = 128, picture = mixedPicture(WIDTH, HEIGHT);
const quality = 60, options = { quality, workers: 0 } as const;
const mixed = await compress(picture, options), shown = await decompress(mixed);
const photo = await decompress(await compress(picture, { ...options, content: "photo" }));

/** Mean square error of a range of columns. */
function errorOf(decoded: { readonly data: ArrayLike<number> }, from: number, to: number): number {
  let sum = 0;
  for (let y = 0; y < HEIGHT; y++) {
    for (let i = 4 * (y * WIDTH + from); i < 4 * (y * WIDTH + to); i++) {
      sum += (decoded.data[i] - picture.data[i]) ** 2;
    }
  }
  return sum / (4 * HEIGHT * (to - from));
}

Deno.test("text beside a photograph is a layer of graphics above a model's stream", () => {
  const { sections, content, model } = inspect(mixed);
  assert(sections.some(({ kind }) => kind.startsWith("graphics layer")));
  assertEquals([content, model], ["mixed", "vaerans-4"]);
});

Deno.test("text and white ground come back exactly, the photograph as well as without a layer", () => {
  assertEquals(errorOf(shown, 0, WIDTH / 2), 0);
  assert(errorOf(photo, 0, WIDTH / 2) > 20);
  const [withLayer, without] = [shown, photo].map((decoded) => errorOf(decoded, WIDTH / 2, WIDTH));
  assert(withLayer < 1.1 * without, `${withLayer}, ${without}`);
});

Deno.test("the border of a layer does not show", () => {
  const beside = errorOf(shown, WIDTH / 2, WIDTH / 2 + 4), further = errorOf(shown, WIDTH / 2 + 4, WIDTH);
  assert(beside < 2 * further, `${beside}, ${further}`);
});

Deno.test("regions, tiles and prefixes of a file with a layer decode", async () => {
  const tiled = await compress(picture, { ...options, tileSide: 64 });
  assertEquals(inspect(tiled).content, "mixed");
  const region = { x: 50, y: 30, width: 80, height: 70 };
  for (const file of [mixed, tiled]) {
    const whole = await decompress(file), part = await decompress(file, { region });
    for (let y = 0; y < region.height; y++) {
      const from = 4 * ((y + region.y) * WIDTH + region.x);
      const errors = part.data.subarray(4 * y * 80, 4 * (y + 1) * 80).map((v, i) =>
        Math.abs(v - whole.data[from + i])
      );
      assert(Math.max(...errors) <= 1);
    }
  }
  const { header, sections } = readContainer(mixed);
  const first = sections.findIndex(({ kind }) => (kind & 0xf0) === 0x70);
  const without = await decompress(writeContainer(header, sections.slice(0, first)), { partial: true });
  assert(errorOf(without, 0, WIDTH / 2) > 100);
  const early = await decompress(writeContainer(header, sections.slice(0, first + 1)), { partial: true });
  assertEquals(errorOf(early, 0, WIDTH / 2), 0);
});

Deno.test("alpha stays exact below and above a layer", async () => {
  const data = picture.data.slice();
  for (let i = 3; i < data.length; i += 4) data[i] = (i >> 2) % WIDTH < 40 ? 0 : 255 - (i >> 2) % 3;
  const file = await compress({ ...picture, data }, options), decoded = await decompress(file);
  assertEquals(inspect(file).content, "mixed");
  for (let i = 3; i < data.length; i += 4) assertEquals(decoded.data[i], data[i]);
  const at = 4 * (10 * WIDTH + 60);
  assertEquals([...decoded.data.subarray(at, at + 40)], [...data.subarray(at, at + 40)]);
});

Deno.test("a number of bytes holds for files with a layer", async () => {
  const bytes = mixed.length, file = await compress(picture, { bytes, workers: 0 });
  assert(file.length <= bytes);
  assertEquals(inspect(file).content, "mixed");
});

Deno.test("a scanned page becomes a picture of few colours, without loss of its text", async () => {
  const page = scannedPage(160, 96), file = await compress(page, { quality: 40, workers: 0 });
  assertEquals([inspect(file).content, inspect(file).quality], ["graphics", 40]);
  const decoded = await decompress(file);
  const errors = decoded.data.map((sample, i) => Math.abs(sample - page.data[i]));
  assert(Math.max(...errors) <= 19);
  const lossless = await compress(page, { lossless: true, workers: 0 });
  assert(file.length < 0.5 * lossless.length);
});

Deno.test("content decides: photo has no layer, graphics and text have one where there is any", async () => {
  const plain = await compress(picture, { ...options, content: "photo" });
  assertEquals(inspect(plain).content, "photo");
  for (const content of ["graphics", "text"] as const) {
    assertEquals(inspect(await compress(picture, { ...options, content, effort: 2 })).content, "mixed");
  }
  assertEquals(inspect(await compress(picture, { ...options, effort: 2 })).content, "photo");
  assertEquals(inspect(await compress(picture, { ...options, model: "vaerans-4" })).content, "photo");
});

Deno.test("a layer above a lossless stream is refused", async () => {
  const exact = readContainer(await compress(picture, { lossless: true, workers: 0 }));
  const wrong = writeContainer({ ...exact.header, graphicsLayer: true }, exact.sections);
  assertEquals((await assertRejects(() => decompress(wrong), BitstreamError)).code, "file-header");
  const { header, sections } = readContainer(mixed);
  const cut = writeContainer(header, sections.filter(({ kind }) => (kind & 0xf0) !== 0x70));
  assertEquals((await assertRejects(() => decompress(cut), BitstreamError)).code, "section-mixed");
});
