import { assertEquals, assertRejects } from "@std/assert";
import decodeWithJsquash from "@jsquash/png/decode.js";
import { decodePicture, encodePng, ImageError, type Picture } from "../../src/image/mod.ts";
import { crc32 } from "../../src/image/crc32.ts";
import { rawPng } from "./png_file.ts";
import { bytesOf, encode, gradient, noise } from "./synthetic.ts";

Deno.test("crc32() gives the published check value", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

Deno.test("encodePng() and decodePicture() keep every sample at odd sizes, with and without alpha and colour", async () => {
  for (const [width, height] of [[1, 1], [1, 17], [17, 1], [7, 13], [100, 60]]) {
    const coloured = noise(width, height);
    const opaque = { ...noise(width, height, 2) };
    for (let i = 3; i < opaque.data.length; i += 4) opaque.data[i] = 255;
    const grey = noise(width, height, 3);
    for (let i = 0; i < grey.data.length; i++) if (i % 4 < 3) grey.data[i] = grey.data[i - i % 4];
    const greyOpaque = { ...grey, data: grey.data.map((v, i) => i % 4 === 3 ? 255 : v) };
    for (const picture of [coloured, opaque, grey, greyOpaque, gradient(width, height)]) {
      const file = await encodePng(picture);
      assertEquals(await decodePicture(file), picture);
      const other = await decodeWithJsquash(file.slice().buffer); // an independent reader agrees
      assertEquals(new Uint8ClampedArray(other.data), picture.data);
    }
  }
});

Deno.test("encodePng() leaves out channels that say nothing", async () => {
  const opaque = gradient(64, 64);
  const colourTypeOf = async (picture: Picture) => (await encodePng(picture))[25];
  assertEquals(await colourTypeOf(opaque), 2);
  assertEquals(await colourTypeOf(noise(8, 8)), 6);
  assertEquals(
    await colourTypeOf({ width: 2, height: 1, data: new Uint8ClampedArray([9, 9, 9, 255, 7, 7, 7, 255]) }),
    0,
  );
  assertEquals(await colourTypeOf({ width: 1, height: 1, data: new Uint8ClampedArray([9, 9, 9, 25]) }), 4);
});

Deno.test("encodePng() refuses a picture whose data do not fit its size", async () => {
  for (
    const picture of [
      { width: 2, height: 2, data: new Uint8ClampedArray(15) },
      { width: 0, height: 2, data: new Uint8ClampedArray(0) },
      { width: 1.5, height: 2, data: new Uint8ClampedArray(12) },
    ]
  ) {
    const error = await assertRejects(() => encodePng(picture), ImageError);
    assertEquals(error.code, "image-invalid");
  }
});

Deno.test("decodePicture() reads PNG samples of 1, 2, 4 and 16 bits", async () => {
  const greys = async (depth: number, row: number[], width: number, chunks?: [string, Uint8Array][]) => {
    const file = await rawPng([width, 1, depth, 0, 0], bytesOf(0, ...row), chunks);
    const { data } = await decodePicture(file);
    return [...data].filter((_, i) => i % 4 === 0 || i % 4 === 3);
  };
  assertEquals(await greys(1, [0b10100000], 3), [255, 255, 0, 255, 255, 255]);
  assertEquals(await greys(2, [0b00011011], 4), [0, 255, 85, 255, 170, 255, 255, 255]);
  assertEquals(await greys(4, [0x0f, 0x80], 3), [0, 255, 255, 255, 136, 255]);
  assertEquals(await greys(16, [0xff, 0xff, 0x80, 0x00, 0x00, 0x7f], 3), [255, 255, 128, 255, 0, 255]);
  const transparent: [string, Uint8Array] = ["tRNS", Uint8Array.of(0x80, 0x00)];
  assertEquals(await greys(16, [0xff, 0xff, 0x80, 0x00], 2, [transparent]), [255, 255, 128, 0]);
});

Deno.test("decodePicture() reads a PNG palette with partial transparency, and a colour outside it as opaque black", async () => {
  const palette: [string, Uint8Array] = ["PLTE", Uint8Array.of(1, 2, 3, 40, 50, 60, 7, 8, 9)];
  const alpha: [string, Uint8Array] = ["tRNS", Uint8Array.of(0, 128)];
  const file = await rawPng([4, 1, 2, 3, 0], bytesOf(0, 0b00011000), [palette, alpha]);
  assertEquals([...(await decodePicture(file)).data], [
    1,
    2,
    3,
    0,
    40,
    50,
    60,
    128,
    7,
    8,
    9,
    255,
    1,
    2,
    3,
    0,
  ]);
  const outside = await rawPng([1, 1, 2, 3, 0], bytesOf(0, 0b11000000), [palette]);
  assertEquals([...(await decodePicture(outside)).data], [0, 0, 0, 255]);
});

Deno.test("decodePicture() reads interlaced PNG files of every small size", async () => {
  // Written out from the specification's table; the reader computes its passes from the same facts differently.
  const passOf = [
    [1, 6, 4, 6, 2, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [3, 6, 4, 6, 3, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
  ];
  for (const [width, height] of [[1, 1], [2, 1], [3, 5], [5, 3], [8, 8], [9, 17]]) {
    const picture = noise(width, height);
    const bytes: number[] = [];
    for (let pass = 1; pass <= 7; pass++) {
      for (let y = 0; y < height; y++) {
        const row: number[] = [];
        for (let x = 0; x < width; x++) {
          if (passOf[y % 8][x % 8] !== pass) continue;
          row.push(...picture.data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4));
        }
        if (row.length > 0) bytes.push(0, ...row);
      }
    }
    const file = await rawPng([width, height, 8, 6, 1], Uint8Array.from(bytes));
    assertEquals(await decodePicture(file), picture);
  }
});

Deno.test("decodePicture() tells a PNG with one flipped bit in its data", async () => {
  const file = await encode("png", gradient(30, 20));
  for (const offset of [18, 29, 45, file.length - 20]) {
    const flipped = file.slice();
    flipped[offset] ^= 4;
    assertEquals((await assertRejects(() => decodePicture(flipped), ImageError)).code, "image-damaged");
  }
});

Deno.test("decodePicture() stops inflating a PNG at the last row", async () => {
  const excess = await rawPng([1, 1, 8, 0, 0], bytesOf(0, 77, new Uint8Array(5_000_000)));
  assertEquals((await decodePicture(excess)).data[0], 77);
  const short = await rawPng([4, 4, 8, 0, 0], bytesOf(0, 77));
  assertEquals((await assertRejects(() => decodePicture(short), ImageError)).code, "image-damaged");
});
