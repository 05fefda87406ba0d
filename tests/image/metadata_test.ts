import { assertEquals } from "@std/assert";
import { decodePicture, encodePng, type Picture, type PictureFormat } from "../../src/image/mod.ts";
import { bytesOf, encode, exifBlock, gradient, noise, profileOf } from "./synthetic.ts";

const icc = profileOf("RGB ", 100_000);
const exif = exifBlock(6, true);
const xmp = new TextEncoder().encode('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
const expected = { icc, exif: exifBlock(1, true), xmp };

function segment(marker: number, ...parts: (Uint8Array | string)[]): Uint8Array {
  const content = bytesOf(...parts);
  return bytesOf(Uint8Array.of(0xff, marker, (content.length + 2) >> 8, content.length + 2), content);
}

/** Puts a profile in two pieces, EXIF and XMP behind a JPEG's first marker. */
function jpegWith(jpeg: Uint8Array): Uint8Array {
  const piece = (number: number, part: Uint8Array) =>
    segment(0xe2, "ICC_PROFILE\0", Uint8Array.of(number, 2), part);
  return bytesOf(
    jpeg.subarray(0, 2),
    segment(0xe1, "Exif\0\0", exif),
    segment(0xe1, "http://ns.adobe.com/xap/1.0/\0", xmp),
    piece(2, icc.subarray(60_000)),
    piece(1, icc.subarray(0, 60_000)),
    jpeg.subarray(2),
  );
}

/** An extended WebP around a simple one's picture chunk. */
function webpWith(webp: Uint8Array, { width, height }: Picture): Uint8Array {
  const chunk = (type: string, data: Uint8Array) =>
    bytesOf(type, littleEndian(data.length, 4), data, new Uint8Array(data.length & 1));
  const flags = Uint8Array.of(0x20 | 0x08 | 0x04, 0, 0, 0);
  const body = bytesOf(
    "WEBP",
    chunk("VP8X", bytesOf(flags, littleEndian(width - 1, 3), littleEndian(height - 1, 3))),
    chunk("ICCP", icc),
    webp.subarray(12),
    chunk("EXIF", exif),
    chunk("XMP ", xmp),
  );
  return bytesOf("RIFF", littleEndian(body.length, 4), body);
}

function littleEndian(value: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => value >> (8 * i));
}

Deno.test("decodePicture() gives a JPEG's profile, EXIF set to upright, and XMP", async () => {
  const { metadata, width, height } = await decodePicture(jpegWith(await encode("jpeg", gradient(24, 16))));
  assertEquals(metadata, expected);
  assertEquals([width, height], [16, 24]);
});

Deno.test("decodePicture() gives a WebP's profile, EXIF set to upright, and XMP", async () => {
  const picture = gradient(24, 16);
  assertEquals((await decodePicture(webpWith(await encode("webp", picture), picture))).metadata, expected);
});

Deno.test("encodePng() writes profile, EXIF and XMP, and decodePicture() reads them", async () => {
  const picture = gradient(9, 7);
  const written = await encodePng(picture, { metadata: { icc, exif: exifBlock(1, false), xmp } });
  assertEquals((await decodePicture(written)).metadata, { icc, exif: exifBlock(1, false), xmp });
  assertEquals((await decodePicture(written)).data, picture.data);
});

Deno.test("a grey picture with a profile of RGB is written as RGB", async () => {
  const grey = { data: new Uint8ClampedArray(16).fill(255), width: 2, height: 2 };
  assertEquals((await encodePng(grey, { metadata: { icc: profileOf("RGB ") } }))[25], 2);
  assertEquals((await encodePng(grey))[25], 0);
});

Deno.test("pictures without metadata have none", async () => {
  for (const format of ["png", "jpeg", "webp"] satisfies PictureFormat[]) {
    assertEquals((await decodePicture(await encode(format, gradient(8, 8)))).metadata, undefined);
  }
});

Deno.test("16 bits a sample go into PNG and back, also turned, and are rounded unless asked for", async () => {
  const { data } = noise(13, 9);
  const deep = { data: Uint16Array.from(data, (value, i) => value * 257 - (i % 3)), width: 13, height: 9 };
  const file = await encodePng(deep);
  assertEquals(await decodePicture(file, { keepDepth: true }), deep);
  const rounded = await decodePicture(file);
  assertEquals([...rounded.data], [...deep.data].map((value) => Math.round(value / 257)));
  const turned = await decodePicture(await encodePng(deep, { metadata: { exif: exifBlock(3, true) } }), {
    keepDepth: true,
  });
  assertEquals([...turned.data.slice(0, 4)], [...deep.data.slice(-4)]);
});
