import { assertEquals, assertRejects } from "@std/assert";
import { readExifOrientation } from "../../src/image/exif.ts";
import { avifMetadata } from "../../src/image/headers/avif.ts";
import { decodePicture, ImageError, type Picture, readPictureSize } from "../../src/image/mod.ts";
import {
  avifFile,
  type AvifForm,
  box,
  boxOf,
  clap,
  codedPicture,
  type ExtraItem,
  nclx,
} from "./avif_file.ts";
import { bytesOf, exifBlock, profileOf, uint32 } from "./synthetic.ts";

const folder = new URL("../fixtures/pictures/", import.meta.url);
const fixture = (name: string) => Deno.readFile(new URL(name, folder));
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

const source = await fixture("cicp_p3.avif"), coded = codedPicture(source);
const base = ["ispe", "pixi", "av1C"].map((type) => boxOf(source, type));
const whole = await decodePicture(source);

/** A rectangle of a picture. */
function part(picture: Picture, x: number, y: number, width: number, height: number): number[] {
  const rows = Array.from({ length: height }, (_, row) => {
    const from = 4 * ((y + row) * picture.width + x);
    return [...picture.data.subarray(from, from + 4 * width)];
  });
  return rows.flat();
}

/** Turns a picture a quarter clockwise. */
function turned({ data, width, height }: Picture): number[] {
  const out: number[] = [];
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      const from = 4 * ((height - 1 - x) * width + y);
      out.push(...data.subarray(from, from + 4));
    }
  }
  return out;
}

Deno.test("an AVIF's clean aperture crops as it says, before rotation, and the header tells the size", async () => {
  const file = await fixture("clap.avif"), picture = await decodePicture(file);
  assertEquals([picture.width, picture.height], [48, 32]);
  assertEquals([...picture.data], part(whole, 24, 16, 48, 32));
  const cases: [fractions: [number, number][], x: number, y: number, width: number, height: number][] = [
    [[[96, 1], [64, 1], [0, 1], [0, 1]], 0, 0, 96, 64],
    [[[10, 1], [20, 1], [-43, 1], [22, 1]], 0, 44, 10, 20],
    [[[1, 1], [1, 1], [95, 2], [-63, 2]], 95, 0, 1, 1],
    [[[90, 3], [51, 1], [1, 1], [-1, 2]], 34, 6, 30, 51],
  ];
  for (const [fractions, x, y, width, height] of cases) {
    const cropped = avifFile(coded, [...base, clap(...fractions)]);
    assertEquals(await readPictureSize(cropped), { format: "avif", width, height, orientation: 1 });
    const read = await decodePicture(cropped);
    assertEquals([read.width, read.height], [width, height]);
    assertEquals([...read.data], part(whole, x, y, width, height));
    // irot 3 is three quarters anticlockwise: one clockwise.
    const rotated = avifFile(coded, [...base, clap(...fractions), box("irot", 3)]);
    assertEquals([...(await decodePicture(rotated)).data], turned(read));
    assertEquals((await readPictureSize(rotated)).width, height);
  }
  for (
    const fractions of [[[97, 1], [64, 1], [0, 1], [0, 1]], [[10, 0], [64, 1], [0, 1], [0, 1]], [
      [10, 1],
      [10, 1],
      [44, 1],
      [0, 1],
    ], [[0, 1], [10, 1], [0, 1], [0, 1]]] as [number, number][][]
  ) {
    const outside = avifFile(coded, [...base, clap(...fractions)]);
    assertEquals((await assertRejects(() => decodePicture(outside), ImageError)).code, "image-damaged");
  }
});

Deno.test("an AVIF's EXIF and XMP are kept, and its properties alone turn it", async () => {
  const file = await fixture("exif6.avif"), { width, height, metadata } = await decodePicture(file);
  assertEquals([width, height, readExifOrientation(metadata?.exif)], [64, 96, 1]);
  assertEquals(text(metadata?.xmp).startsWith("<x:xmpmeta"), true);

  const packet = (value: number) =>
    `<a xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${value}">${"x".repeat(31)}</a>`;
  const forms: AvifForm[] = [
    { ilocVersion: 0, wideNumbers: false },
    { ilocVersion: 1, wideNumbers: false },
    { ilocVersion: 1, wideNumbers: true },
    { ilocVersion: 2, wideNumbers: true },
  ];
  for (const form of forms) {
    for (const place of ["file", "idat", "idat in two parts"] as const) {
      if (form.ilocVersion === 0 && place !== "file") continue;
      for (const name of ["", "Exif\0\0"]) {
        const exif = bytesOf(uint32(name.length), name, exifBlock(6, false));
        const items: ExtraItem[] = [
          { type: "Exif", data: exif, place },
          { type: "mime", contentType: "application/rdf+xml", data: bytesOf(packet(6)), place },
          { type: "mime", contentType: "text/plain", data: bytesOf("a note"), place },
        ];
        const read = await decodePicture(avifFile(coded, [...base, nclx(1, 13)], items, form));
        // An EXIF orientation without irot does not turn an AVIF.
        assertEquals([read.width, read.height, read.data], [96, 64, whole.data]);
        assertEquals(read.metadata?.exif, exifBlock(1, false));
        assertEquals(text(read.metadata?.xmp), packet(1));
      }
    }
  }
});

Deno.test("of an AVIF's EXIF items the first valid one that describes the picture counts", async () => {
  const exif = (value: number) => bytesOf(uint32(0), exifBlock(value, true));
  const item = (data: Uint8Array, describes = true): ExtraItem => ({
    type: "Exif",
    data,
    place: "idat",
    describes,
  });
  const kept = async (...items: ExtraItem[]) =>
    (await decodePicture(avifFile(coded, [...base, nclx(1, 13)], items))).metadata?.exif?.length;
  const long = bytesOf(exif(6), new Uint8Array(10));
  assertEquals(await kept(item(exif(6)), item(long)), exifBlock(1, true).length);
  assertEquals(await kept(item(exif(6), false), item(long)), exifBlock(1, true).length + 10);
  assertEquals(await kept(item(exif(6), false)), exifBlock(1, true).length); // no references at all
});

Deno.test("an AVIF's colour is that of nclx, of the AV1 stream without it, and of a profile before both", async () => {
  const cicpOf = async (...properties: Uint8Array[]) =>
    (await decodePicture(avifFile(coded, [...base, ...properties]))).metadata;
  const record = (primaries: number, transfer: number) => ({
    cicp: { primaries, transfer, matrix: 0 as const, fullRange: true },
  });
  assertEquals((await decodePicture(source)).metadata, record(12, 13));
  assertEquals(await cicpOf(nclx(9, 16)), record(9, 16));
  assertEquals(await cicpOf(nclx(9, 18, 9, false)), record(9, 18));
  assertEquals(await cicpOf(nclx(1, 1)), record(1, 1));
  assertEquals(await cicpOf(nclx(1, 13)), undefined);
  assertEquals(await cicpOf(nclx(2, 2)), undefined);
  assertEquals(await cicpOf(nclx(12, 2)), record(12, 13));
  // The fixture's AV1 stream says P3, too.
  assertEquals(await cicpOf(), record(12, 13));
  const plain = codedPicture(await fixture("plain.avif"));
  assertEquals((await decodePicture(avifFile(plain, base))).metadata, undefined);
  const icc = profileOf("RGB "), profile = box("colr", "prof", icc);
  assertEquals(await cicpOf(profile, nclx(9, 16)), { icc });
  assertEquals(await cicpOf(nclx(9, 16), profile), { icc });
});

Deno.test("avifMetadata() answers to mutated files with metadata or an ImageError, in little time", () => {
  const items: ExtraItem[] = [
    { type: "Exif", data: bytesOf(uint32(0), exifBlock(6, true)), place: "idat in two parts" },
    { type: "mime", contentType: "application/rdf+xml", data: bytesOf("<a/>"), place: "file" },
  ];
  let state = 5, read = 0;
  const random = (below: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  for (
    const form of [{ ilocVersion: 1, wideNumbers: false }, {
      ilocVersion: 2,
      wideNumbers: true,
    }] as AvifForm[]
  ) {
    const file = avifFile(coded.subarray(0, 40), [...base, nclx(1, 13)], items, form);
    for (let round = 0; round < 3000; round++) {
      const mutated = file.slice();
      for (let i = 0; i < 1 + round % 3; i++) mutated[random(mutated.length)] = random(256);
      try {
        avifMetadata(mutated);
        read++;
      } catch (error) {
        if (!(error instanceof ImageError || error instanceof RangeError)) throw error;
      }
    }
  }
  assertEquals(read > 1000, true);
});
