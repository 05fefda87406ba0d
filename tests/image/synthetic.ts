/** Pictures and files that the image tests make for themselves. */
import encodeAvif from "@jsquash/avif/encode.js";
import encodeJpeg from "@jsquash/jpeg/encode.js";
import encodeJxl from "@jsquash/jxl/encode.js";
import encodePngWithJsquash from "@jsquash/png/encode.js";
import encodeWebp from "@jsquash/webp/encode.js";
import type { Picture } from "../../src/image/mod.ts";

export { profileOf } from "./colour_profile.ts";

/** Smooth colour with a bright top left corner, so that no two orientations look alike. */
export function gradient(width: number, height: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const u = width > 1 ? x / (width - 1) : 0, v = height > 1 ? y / (height - 1) : 0;
      data.set([255 * (1 - u), 255 * (1 - v), 40 + 120 * u * v, 255], i);
    }
  }
  return { data, width, height };
}

/** Repeatable noise in all four channels. */
export function noise(width: number, height: number, seed = 1): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height };
}

/** Encodes with the same libraries' encoders, at high quality. */
export async function encode(
  format: "png" | "jpeg" | "webp" | "avif" | "jxl",
  picture: Picture,
): Promise<Uint8Array> {
  const image = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  switch (format) {
    case "png":
      return new Uint8Array(await encodePngWithJsquash(image));
    case "jpeg":
      return new Uint8Array(await encodeJpeg(image, { quality: 95 }));
    case "webp":
      return new Uint8Array(await encodeWebp(image, { quality: 95 }));
    case "avif":
      return new Uint8Array(await encodeAvif(image, { quality: 95, speed: 9 }));
    case "jxl":
      return new Uint8Array(await encodeJxl(image, { quality: 95, effort: 7 }));
  }
}

/** The largest difference of any sample. */
export function largestDifference(a: Picture, b: Picture): number {
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i] - b.data[i]));
  return largest;
}

/** Joins byte arrays, numbers and ASCII strings. */
export function bytesOf(...parts: (Uint8Array | number | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number"
        ? [part]
        : typeof part === "string"
        ? [...new TextEncoder().encode(part)]
        : [...part]
    ),
  );
}

/** A 32-bit big-endian number. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** An EXIF block (TIFF, without JPEG's prefix) that holds one unrelated tag and the orientation. */
export function exifBlock(orientation: number, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + 2 + 2 * 12 + 4));
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, 8, littleEndian);
  view.setUint16(8, 2, littleEndian);
  const entry = (offset: number, tag: number, value: number) => {
    view.setUint16(offset, tag, littleEndian);
    view.setUint16(offset + 2, 3, littleEndian);
    view.setUint32(offset + 4, 1, littleEndian);
    view.setUint16(offset + 8, value, littleEndian);
  };
  entry(10, 0x0103, 6);
  entry(22, 0x0112, orientation);
  return new Uint8Array(view.buffer);
}

/** Puts an EXIF block behind a JPEG's first marker. */
export function withJpegExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array {
  const length = 2 + 6 + exif.length;
  return bytesOf(
    jpeg.subarray(0, 2),
    Uint8Array.of(0xff, 0xe1, length >> 8, length),
    "Exif\0\0",
    exif,
    jpeg.subarray(2),
  );
}
