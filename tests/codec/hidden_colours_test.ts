import { assert, assertEquals } from "@std/assert";
import { compress, type CompressOptions, decompress } from "../../mod.ts";
import { withoutHiddenColours } from "../../src/codec/streams/hidden_samples.ts";
import type { PictureLike } from "../../src/world.ts";
import { AWKWARD_SIZES, randomSource } from "../random.ts";

type Hidden = "black" | "white" | "noise" | "filled";

/** A red disc with a soft edge over nothing: hidden pixels have the colours that are asked for. */
function logo(side: number, hidden: Hidden): PictureLike {
  const next = randomSource(side), data = new Uint8ClampedArray(4 * side * side);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i += 4) {
      const distance = Math.hypot(x - side / 2, y - side / 2);
      const alpha = Math.max(0, Math.min(1, side / 3 - distance));
      const noise = [next(), next(), next()].map((value) => value * 255);
      const shown = [200 - 40 * x / side, 40, 60 + 90 * y / side];
      const free = hidden === "black" ? [0, 0, 0] : hidden === "white" ? [255, 255, 255] : noise;
      data.set(alpha === 0 ? free : shown, i);
      data[i + 3] = Math.round(255 * alpha);
      if (data[i + 3] === 0) data.set(free, i);
    }
  }
  const picture = { data, width: side, height: side };
  return hidden === "filled" ? withoutHiddenColours(picture) : picture;
}

Deno.test("withoutHiddenColours() changes nothing but the colours of pixels of alpha 0", () => {
  for (const [width, height] of AWKWARD_SIZES) {
    const next = randomSource(width * 31 + height);
    const data = Uint8ClampedArray.from(
      { length: 4 * width * height },
      (_, i) => i % 4 === 3 ? [0, 1, 128, 254, 255][Math.floor(next() * 5)] : 255 * next(),
    );
    const before = data.slice(), filled = withoutHiddenColours({ data, width, height });
    assertEquals(data, before);
    for (let i = 0; i < data.length; i += 4) {
      assertEquals(filled.data[i + 3], data[i + 3]);
      if (data[i + 3] > 0) assertEquals(filled.data.slice(i, i + 3), data.slice(i, i + 3));
    }
    // What is hidden has no say.
    const other = {
      data: data.map((value, i) => data[i | 3] === 0 && i % 4 < 3 ? 255 - value : value),
      width,
      height,
    };
    assertEquals(withoutHiddenColours(other).data, filled.data);
    const opaque = { data: data.map((value, i) => i % 4 === 3 ? 255 : value), width, height };
    assertEquals(withoutHiddenColours(opaque), opaque);
  }
});

Deno.test("withoutHiddenColours() continues one colour exactly, grey as grey, and smoothly between two", () => {
  const side = 65, data = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < side; i++) {
    data.set([10, 10, 10, 255], 4 * (i * side)); // the left column
    data.set([250, 250, 250, 1], 4 * (i * side + side - 1)); // the right one
  }
  const filled = withoutHiddenColours({ data, width: side, height: side }).data;
  let steepest = 0;
  for (let i = 0; i < filled.length; i += 4) {
    assertEquals([filled[i + 1], filled[i + 2]], [filled[i], filled[i]]);
    if (i / 4 % side > 0) steepest = Math.max(steepest, Math.abs(filled[i] - filled[i - 4]));
  }
  assert(steepest < 60, `${steepest}`);
  const one = new Uint8ClampedArray(4 * 40 * 30);
  one.set([70, 130, 200, 9], 4 * 617);
  const constant = withoutHiddenColours({ data: one, width: 40, height: 30 }).data;
  for (let i = 0; i < constant.length; i += 4) assertEquals([...constant.slice(i, i + 3)], [70, 130, 200]);
});

const LOSSY: readonly CompressOptions[] = [
  { quality: 50 },
  { quality: 60, tileSide: 64, workers: 2 },
  { quality: 75, model: "vaerans-4" },
  { quality: 50, model: "vaerans-8" },
  { quality: 75, model: "pixels" },
  { quality: 85, model: "pixels", tileSide: 64, workers: 0 },
  { bytes: 330 },
  { bpp: 0.28 },
  { psnr: 40 },
  { ssim: 0.99 },
];

for (const options of LOSSY) {
  Deno.test(`compress() makes the same file whatever colours are hidden, ${JSON.stringify(options)}`, async () => {
    const side = 96, expected = await compress(logo(side, "filled"), options);
    for (const hidden of ["black", "white", "noise"] as const) {
      assertEquals(await compress(logo(side, hidden), options), expected, hidden);
    }
    const source = logo(side, "black"), { data } = await decompress(expected);
    let most = 0;
    for (let i = 0; i < data.length; i += 4) {
      assertEquals(data[i + 3], source.data[i + 3]);
      // Pixels of the soft edge, whose colour is the disc's.
      if (source.data[i + 3] === 0 || source.data[i + 3] === 255) continue;
      for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(data[i + c] - source.data[i + c]));
    }
    assert(most <= 12, `${most} levels at the edge`);
  });
}

Deno.test("compress() keeps hidden colours without loss, and near-lossless within the bound", async () => {
  const picture = logo(48, "noise");
  for (const [options, bound] of [[{ lossless: true }, 0], [{ nearLossless: 3 }, 3]] as const) {
    const { data } = await decompress(await compress(picture, options));
    assert(data.every((sample, i) => Math.abs(sample - picture.data[i]) <= (i % 4 === 3 ? 0 : bound)));
  }
});

Deno.test("compress() reaches a PSNR over the visible pixels alone", async () => {
  for (const hidden of ["noise", "black"] as const) {
    const picture = logo(64, hidden);
    for (const psnr of [30, 40, 50, 70]) {
      const { data } = await decompress(await compress(picture, { psnr }));
      let sum = 0, count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (picture.data[i + 3] === 0) continue;
        for (let c = 0; c < 3; c++, count++) sum += (data[i + c] - picture.data[i + c]) ** 2;
      }
      const reached = 10 * Math.log10(255 * 255 * count / Math.max(1e-9, sum));
      assert(reached >= psnr - 1e-6, `${psnr}: ${reached}`);
    }
  }
});

Deno.test("compress() takes a picture of hidden pixels only", async () => {
  const data = Uint8ClampedArray.from({ length: 4 * 20 * 20 }, (_, i) => i % 4 === 3 ? 0 : (i * 7) % 256);
  const picture = { data, width: 20, height: 20 };
  for (const options of [{ quality: 50 }, { psnr: 60 }, { ssim: 0.99 }, { bytes: 200 }]) {
    const decoded = await decompress(await compress(picture, options));
    assert(decoded.data.every((sample, i) => i % 4 !== 3 || sample === 0));
  }
});
