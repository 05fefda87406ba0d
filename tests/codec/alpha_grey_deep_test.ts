import { assertEquals, assertRejects } from "@std/assert";
import { compress, decompress, inspect, InvalidValueError, psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

/** The synthetic picture with a soft disc of alpha. */
function withAlpha(width: number, height: number) {
  const picture = syntheticPicture(width, height);
  for (let i = 0; i < width * height; i++) {
    const distance = Math.hypot(i % width - width / 2, Math.floor(i / width) - height / 2);
    picture.data[4 * i + 3] = 255 * Math.min(1, Math.max(0, (width / 2 - distance) / 8));
  }
  return picture;
}

function greyOf(picture: ReturnType<typeof syntheticPicture>) {
  const data = picture.data.map((_, i, all) => i % 4 === 3 ? 255 : all[4 * (i >> 2) + 1]);
  return { ...picture, data };
}

function deepPicture(width: number, height: number, grey = false) {
  const data = new Uint16Array(4 * width * height);
  for (let i = 0; i < data.length; i++) {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width), channel = grey ? 0 : i & 3;
    data[i] = (i & 3) === 3 ? 65535 : (x * 413 + y * 291 + channel * 9001 + (x * y) % 17) & 0xffff;
  }
  return { data, width, height };
}

const alphaOf = (data: ArrayLike<number>) => Array.from(data).filter((_, i) => i % 4 === 3);

for (const model of ["vaerans-8", "pixels"]) {
  Deno.test(`alpha comes back exactly beside lossy colours of ${model}, also from tiles`, async () => {
    const picture = withAlpha(150, 90);
    for (const tileSide of [0, 64]) {
      const bytes = await compress(picture, { model, quality: 60, tileSide });
      const decoded = await decompress(bytes);
      assertEquals(alphaOf(decoded.data), alphaOf(picture.data));
      assertEquals(inspect(bytes).alpha, true);
      assertEquals(psnr(picture, decoded) > 20, true);
    }
  });
}

Deno.test("lossless keeps colours under transparent pixels, and alpha", async () => {
  const picture = withAlpha(70, 50);
  assertEquals((await decompress(await compress(picture, { lossless: true }))).data, picture.data);
});

Deno.test("alphaError bounds alpha's error and saves bytes", async () => {
  const picture = withAlpha(150, 90);
  const exact = await compress(picture, { model: "pixels" });
  const rough = await compress(picture, { model: "pixels", alphaError: 6 });
  const [a, b] = [alphaOf((await decompress(rough)).data), alphaOf(picture.data)];
  assertEquals(Math.max(...a.map((value, i) => Math.abs(value - b[i]))) <= 6, true);
  assertEquals(rough.length < exact.length, true);
  const wrong = () => compress(picture, { alphaError: 128 });
  assertEquals((await assertRejects(wrong, InvalidValueError)).code, "alpha-error");
});

Deno.test("opaque pictures pay nothing for alpha", async () => {
  const opaque = await compress(syntheticPicture(60, 40), { lossless: true });
  assertEquals(inspect(opaque).alpha, false);
  assertEquals(inspect(opaque).sections.some(({ kind }) => kind.startsWith("alpha")), false);
});

Deno.test("a preview of a picture with alpha has the alpha that is there", async () => {
  const picture = withAlpha(150, 90);
  const bytes = await compress(picture, { model: "pixels", quality: 60 });
  const shown = await decompress(bytes.subarray(0, bytes.length - 1), { partial: true });
  const [a, b] = [alphaOf(shown.data), alphaOf(picture.data)];
  assertEquals(a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length < 8, true);
});

Deno.test("grey pictures are kept as one channel and come back grey", async () => {
  const picture = greyOf(syntheticPicture(150, 90));
  const colour = await compress(syntheticPicture(150, 90), { lossless: true });
  for (const options of [{ lossless: true }, { model: "pixels" }, { model: "vaerans-8" }]) {
    const bytes = await compress(picture, options);
    const { data } = await decompress(bytes);
    assertEquals(inspect(bytes).grey, true);
    assertEquals(data.every((value, i) => i % 4 === 3 || value === data[4 * (i >> 2)]), true);
    if (options.lossless) {
      assertEquals(data, picture.data);
      assertEquals(bytes.length < 0.6 * colour.length, true);
    }
  }
});

Deno.test("16 bits a sample survive lossless, and are bounded in near-lossless", async () => {
  for (const [grey, tileSide] of [[false, 0], [true, 0], [false, 64]] as const) {
    const picture = deepPicture(90, 70, grey);
    const bytes = await compress(picture, { lossless: true, tileSide });
    assertEquals(inspect(bytes).bitDepth, 16);
    assertEquals((await decompress(bytes, { keepDepth: true })).data, picture.data);
    const near = await decompress(await compress(picture, { nearLossless: 100, tileSide }), {
      keepDepth: true,
    });
    assertEquals(near.data.every((value, i) => Math.abs(value - picture.data[i]) <= 100), true);
  }
});

Deno.test("16 bits a sample are rounded to 8 where that is asked for, and in lossy files", async () => {
  const picture = deepPicture(40, 30);
  const rounded = picture.data.map((value) => Math.round(value / 257));
  const { data } = await decompress(await compress(picture, { lossless: true }));
  assertEquals([...data], [...rounded]);
  const lossy = await compress(picture, { model: "pixels", quality: 100 });
  assertEquals(inspect(lossy).bitDepth, 8);
});
