import { assertEquals } from "@std/assert";
import { decodePicture, type Orientation, type Picture, readPictureSize } from "../../src/image/mod.ts";
import { crc32 } from "../../src/image/crc32.ts";
import { readExifOrientation } from "../../src/image/exif.ts";
import { orientPicture } from "../../src/image/orientation.ts";
import {
  bytesOf,
  encode,
  exifBlock,
  gradient,
  largestDifference,
  noise,
  uint32,
  withJpegExif,
} from "./synthetic.ts";

const ORIENTATIONS: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** TIFF 6.0's own words: on which visual side the stored 0th row and the stored 0th column lie. */
const SIDES: Record<Orientation, [row: string, column: string]> = {
  1: ["top", "left"],
  2: ["top", "right"],
  3: ["bottom", "right"],
  4: ["bottom", "left"],
  5: ["left", "top"],
  6: ["right", "top"],
  7: ["right", "bottom"],
  8: ["left", "bottom"],
};

/** Places each stored pixel by the words above, one at a time: the oracle for the fast walk. */
function placeBySides(stored: Picture, orientation: Orientation): Picture {
  const sides = SIDES[orientation];
  const turned = orientation >= 5;
  const width = turned ? stored.height : stored.width, height = turned ? stored.width : stored.height;
  const data = new Uint8ClampedArray(stored.data.length);
  for (let row = 0; row < stored.height; row++) {
    for (let column = 0; column < stored.width; column++) {
      let x = 0, y = 0;
      for (const [side, distance] of [[sides[0], row], [sides[1], column]] as const) {
        if (side === "top") y = distance;
        if (side === "bottom") y = height - 1 - distance;
        if (side === "left") x = distance;
        if (side === "right") x = width - 1 - distance;
      }
      const from = (row * stored.width + column) * 4;
      data.set(stored.data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

for (const orientation of ORIENTATIONS) {
  Deno.test(`orientPicture() places every pixel as TIFF says for orientation ${orientation}`, () => {
    for (const [width, height] of [[1, 1], [1, 5], [5, 1], [7, 13], [16, 8]]) {
      const stored = noise(width, height);
      assertEquals(orientPicture(stored, orientation), placeBySides(stored, orientation));
    }
  });

  Deno.test(`readExifOrientation() reads ${orientation} in both byte orders, with and without JPEG's prefix`, () => {
    for (const littleEndian of [true, false]) {
      const block = exifBlock(orientation, littleEndian);
      assertEquals(readExifOrientation(block), orientation);
      assertEquals(readExifOrientation(bytesOf("Exif\0\0", block)), orientation);
    }
  });

  Deno.test(`decodePicture() turns a JPEG of orientation ${orientation} upright`, async () => {
    const stored = gradient(48, 32);
    const file = withJpegExif(await encode("jpeg", stored), exifBlock(orientation, orientation % 2 === 0));
    const expected = placeBySides(stored, orientation);
    const picture = await decodePicture(file);
    assertEquals([picture.width, picture.height], [expected.width, expected.height]);
    assertEquals(largestDifference(picture, expected) < 16, true);
    const { width, height } = expected;
    assertEquals(await readPictureSize(file), { format: "jpeg", width, height, orientation });
  });

  Deno.test(`decodePicture() turns a PNG of orientation ${orientation} upright`, async () => {
    const stored = gradient(12, 7);
    const png = await encode("png", stored);
    const data = bytesOf("eXIf", exifBlock(orientation, false));
    const chunk = bytesOf(uint32(data.length - 4), data, uint32(crc32(data)));
    const file = bytesOf(png.subarray(0, 33), chunk, png.subarray(33));
    const { metadata, ...picture } = await decodePicture(file);
    assertEquals(picture, placeBySides(stored, orientation));
    assertEquals(metadata, { exif: exifBlock(1, false) });
  });

  Deno.test(`decodePicture() turns a WebP of orientation ${orientation} upright`, async () => {
    const stored = gradient(48, 32);
    const plain = (await encode("webp", stored)).subarray(12); // the VP8 chunk
    const exif = exifBlock(orientation, true);
    const size = Uint8Array.of(47, 0, 0, 31, 0, 0);
    const chunks = bytesOf(
      bytesOf("VP8X", littleEndian32(10), Uint8Array.of(0x08, 0, 0, 0), size),
      plain,
      bytesOf("EXIF", littleEndian32(exif.length), exif),
    );
    const file = bytesOf("RIFF", littleEndian32(4 + chunks.length), "WEBP", chunks);
    const expected = placeBySides(stored, orientation);
    const picture = await decodePicture(file);
    assertEquals([picture.width, picture.height], [expected.width, expected.height]);
    assertEquals(largestDifference(picture, expected) < 24, true);
  });
}

/** AVIF's rotation (anticlockwise quarter turns) and mirroring axis, and what they amount to. */
const AVIF_TURNS: [turns: number, axis: number | undefined, orientation: Orientation][] = [
  [0, undefined, 1],
  [1, undefined, 8],
  [2, undefined, 3],
  [3, undefined, 6],
  [0, 0, 4],
  [0, 1, 2],
  [1, 0, 5],
  [3, 0, 7],
];

for (const [turns, axis, orientation] of AVIF_TURNS) {
  Deno.test(`readPictureSize() reads AVIF rotation ${turns} and mirror ${axis} as orientation ${orientation}`, async () => {
    const box = (type: string, ...content: (Uint8Array | number | string)[]) => {
      const body = bytesOf(...content);
      return bytesOf(uint32(8 + body.length), type, body);
    };
    const full = uint32(0);
    const properties = [box("ispe", full, uint32(300), uint32(200)), box("irot", turns)];
    if (axis !== undefined) properties.push(box("imir", axis));
    const indices = properties.map((_, i) => i + 1);
    const file = bytesOf(
      box("ftyp", "avif", uint32(0), "avifmif1"),
      box(
        "meta",
        full,
        box("pitm", full, 0, 1),
        box(
          "iprp",
          box("ipco", ...properties),
          box("ipma", full, uint32(1), 0, 1, indices.length, Uint8Array.from(indices)),
        ),
      ),
    );
    const [width, height] = orientation >= 5 ? [200, 300] : [300, 200];
    assertEquals(await readPictureSize(file), { format: "avif", width, height, orientation });
  });
}

Deno.test("decodePicture() applies the rotation property of a real AVIF file", async () => {
  const stored = gradient(48, 32);
  const file = await encode("avif", stored);
  // The colour property (19 bytes) is the last; a rotation and a filler take exactly its room.
  const colour = indexOfAscii(file, "colr") - 4;
  assertEquals(file[colour + 3], 19);
  file.set(bytesOf(uint32(9), "irot", 1, uint32(10), "free", 0, 0), colour);
  const expected = placeBySides(stored, 8);
  const picture = await decodePicture(file);
  assertEquals([picture.width, picture.height], [32, 48]);
  assertEquals(largestDifference(picture, expected) < 24, true);
});

Deno.test("readExifOrientation() finds no orientation in broken or foreign blocks", () => {
  const good = exifBlock(6, true);
  for (let length = 0; length < 32; length++) {
    assertEquals(readExifOrientation(good.slice(0, length)), undefined);
  }
  for (
    const foreign of [exifBlock(0, true), exifBlock(9, false), new TextEncoder().encode("http://ns.adobe")]
  ) {
    assertEquals(readExifOrientation(foreign), undefined);
  }
});

function littleEndian32(value: number): Uint8Array {
  return uint32(value).reverse();
}

function indexOfAscii(bytes: Uint8Array, text: string): number {
  for (let i = 0; i + text.length <= bytes.length; i++) {
    if (String.fromCharCode(...bytes.subarray(i, i + text.length)) === text) return i;
  }
  return -1;
}
