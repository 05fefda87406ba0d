import { damaged } from "../errors.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import { boxes } from "./boxes.ts";
import type { StoredHeader } from "./types.ts";

/** Width as a fraction of the height, by the header's 3-bit ratio code (0: the width is written out). */
const RATIOS: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];
/** Bits of the four ways to write a side − 1. */
const SIDE_BITS = [9, 13, 18, 30];
/** Those of a preview's side, in eights (two of the four ways are constants) and in pixels. */
const PREVIEW_EIGHTS_BITS = [0, 0, 5, 9];
const PREVIEW_SIDE_BITS = [6, 8, 10, 12];

/**
 * Reads size and orientation from the first bits of a JPEG XL codestream (ISO/IEC 18181-1, SizeHeader and the
 * first fields of ImageMetadata), bare or in its container.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readJxl(bytes: Uint8Array): StoredHeader {
  const bits = new BitReader(codestream(bytes), 2);
  const { width, height } = readSize(bits);
  if (width === 0) throw damaged("JPEG XL", `its size is ${width}×${height}`);
  const allDefault = bits.read(1) === 1;
  const extraFields = !allDefault && bits.read(1) === 1;
  const orientation = extraFields ? bits.read(3) + 1 as Orientation : 1;
  return { width, height, orientation, libraryOrients: true };
}

/** A `SizeHeader`. */
function readSize(bits: BitReader): { width: number; height: number } {
  const small = bits.read(1) === 1;
  const side = () => small ? (bits.read(5) + 1) * 8 : bits.read(SIDE_BITS[bits.read(2)]) + 1;
  const height = side();
  const ratio = bits.read(3);
  const width = ratio === 0 ? side() : Math.floor(height * RATIOS[ratio][0] / RATIOS[ratio][1]);
  return { width, height };
}

/** A `PreviewHeader`, whose sides are written in other numbers of bits. */
function readPreviewSize(bits: BitReader): void {
  const inEights = bits.read(1) === 1;
  const side = () =>
    bits.read(inEights ? PREVIEW_EIGHTS_BITS[bits.read(2)] : PREVIEW_SIDE_BITS[bits.read(2)]);
  side();
  if (bits.read(3) === 0) side();
}

/** Whether the header of a JPEG XL codestream states an animation. */
export function jxlIsAnimated(bytes: Uint8Array): boolean {
  const bits = new BitReader(codestream(bytes), 2);
  readSize(bits);
  if (bits.read(1) === 1 || bits.read(1) === 0) return false; // all default, or no extra fields
  bits.read(3); // orientation
  if (bits.read(1) === 1) readSize(bits); // intrinsic size
  if (bits.read(1) === 1) readPreviewSize(bits);
  return bits.read(1) === 1;
}

/** The codestream itself, or its first part inside the container (`jxlc`, or `jxlp` after a 4-byte part number). */
function codestream(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff) return bytes;
  for (const box of boxes(bytes, "JPEG XL")) {
    if (box.type === "jxlc") return box.data;
    if (box.type === "jxlp") return box.data.subarray(4);
  }
  throw damaged("JPEG XL", "its container holds no codestream");
}

/** Reads unsigned numbers, lowest bit of each byte first. */
class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, offsetBytes: number) {
    this.#bytes = bytes;
    this.#position = offsetBytes * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      const byte = this.#position >> 3;
      if (byte >= this.#bytes.length) {
        throw damaged("JPEG XL", `it ends at byte ${this.#bytes.length}, within its header`);
      }
      value += ((this.#bytes[byte] >> (this.#position & 7)) & 1) * 2 ** i;
    }
    return value;
  }
}

/** EXIF and XMP of the container's boxes; the profile is in the codestream, whose decoder gives sRGB. */
export function jxlMetadata(bytes: Uint8Array): RawMetadata {
  const raw: RawMetadata = { icc: undefined, exif: undefined, xmp: undefined };
  if (bytes[0] === 0xff) return raw;
  for (const { type, data } of boxes(bytes, "JPEG XL")) {
    // Four bytes say where the TIFF header begins after them.
    if (type === "Exif" && data.length > 4) {
      const offset = new DataView(data.buffer, data.byteOffset).getUint32(0);
      raw.exif = data.subarray(4 + offset);
    } else if (type === "xml ") raw.xmp = data;
  }
  return raw;
}
