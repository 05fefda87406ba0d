import { damaged } from "../errors.ts";
import { inflateAtMost, type InflateBudget } from "../bounded_inflate.ts";
import { startsWith } from "../bytes.ts";
import { readExifOrientation } from "../exif.ts";
import { MAX_METADATA_PART_BYTES, type RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import type { StoredHeader } from "./types.ts";

/** Length of the signature that every PNG starts with. */
export const PNG_SIGNATURE_BYTES = 8;
/** A chunk's length, type and CRC, around its data. */
const CHUNK_OVERHEAD_BYTES = 12;
/** The format's own limit for a side and for a chunk's length. */
const MAX_UINT31 = 0x7fffffff;

/** One chunk of a PNG file. */
export interface PngChunk {
  /** Four ASCII letters. */
  readonly type: string;
  /** The chunk's data, a view into the file. */
  readonly data: Uint8Array;
  /** The bytes its CRC covers: type and data. */
  readonly covered: Uint8Array;
  /** The CRC-32 that the file states. */
  readonly crc: number;
}

/**
 * Walks over the chunks of a PNG file in order, ending after IEND.
 *
 * @param bytes The whole file.
 * @returns A generator of chunks.
 * @throws ImageError `image-damaged` when a chunk runs past the end or IEND is missing.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = PNG_SIGNATURE_BYTES;;) {
    if (offset + CHUNK_OVERHEAD_BYTES > bytes.length) {
      throw damaged("PNG", `it ends at byte ${bytes.length}, before its end chunk`);
    }
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (length > MAX_UINT31 || offset + CHUNK_OVERHEAD_BYTES + length > bytes.length) {
      throw damaged("PNG", `chunk ${JSON.stringify(type)} of ${length} bytes runs past the end of the file`);
    }
    yield {
      type,
      data: bytes.subarray(offset + 8, offset + 8 + length),
      covered: bytes.subarray(offset + 4, offset + 8 + length),
      crc: view.getUint32(offset + 8 + length),
    };
    if (type === "IEND") return;
    offset += CHUNK_OVERHEAD_BYTES + length;
  }
}

/** The fields of the IHDR chunk. */
export interface PngHeader {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bits a sample (or a palette index): 1, 2, 4, 8 or 16. */
  readonly bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType: number;
  /** Whether the rows come in Adam7's seven passes. */
  readonly interlaced: boolean;
}

/** Bit depths that PNG allows for each colour type. */
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Reads and checks the IHDR chunk, which must come first.
 *
 * @param bytes The file.
 * @returns Its fields.
 * @throws ImageError `image-damaged`.
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const start = PNG_SIGNATURE_BYTES;
  if (bytes.length < start + CHUNK_OVERHEAD_BYTES + 13) {
    throw damaged("PNG", `it ends at byte ${bytes.length}, within its header`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, CHUNK_OVERHEAD_BYTES + 13);
  if (view.getUint32(0) !== 13 || view.getUint32(4) !== 0x49484452) {
    throw damaged("PNG", "its first chunk is not the header");
  }
  const header = {
    width: view.getUint32(8),
    height: view.getUint32(12),
    bitDepth: view.getUint8(16),
    colourType: view.getUint8(17),
    interlaced: view.getUint8(20) === 1,
  };
  const { width, height, bitDepth, colourType } = header;
  if (width < 1 || height < 1 || width > MAX_UINT31 || height > MAX_UINT31) {
    throw damaged("PNG", `its size is ${width}×${height}`);
  }
  if (!BIT_DEPTHS[colourType]?.includes(bitDepth)) {
    throw damaged("PNG", `its colour type is ${colourType} with ${bitDepth} bits a sample`);
  }
  if (view.getUint8(18) !== 0 || view.getUint8(19) !== 0 || view.getUint8(20) > 1) {
    throw damaged("PNG", "its header names an unknown compression, filter or interlace method");
  }
  return header;
}

/**
 * Reads size and orientation. The orientation lies in an `eXIf` chunk anywhere between header and end.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readPng(bytes: Uint8Array): StoredHeader {
  const { width, height } = readPngHeader(bytes);
  return { width, height, orientation: pngOrientation(bytes) };
}

function pngOrientation(bytes: Uint8Array): Orientation {
  try {
    for (const chunk of pngChunks(bytes)) {
      if (chunk.type === "eXIf") return readExifOrientation(chunk.data);
    }
  } catch {
    // A file cut short still has a size; decoding it is what reports the damage.
  }
  return 1;
}

/** What the metadata of a file may inflate to in sum, damaged and repeated parts included. */
const MAX_INFLATED_BYTES = 2 * MAX_METADATA_PART_BYTES;
const XMP_KEYWORD = "XML:com.adobe.xmp\0";

/** ICC profile, EXIF and XMP. What is corrupt is left out: metadata are no reason to refuse a picture. */
export async function pngMetadata(bytes: Uint8Array): Promise<RawMetadata> {
  const raw: RawMetadata = { icc: undefined, exif: undefined, xmp: undefined };
  const budget = { bytesLeft: MAX_INFLATED_BYTES };
  for (const { type, data } of pngChunks(bytes)) {
    if (type === "eXIf") raw.exif = data;
    // A name, a zero, compression method 0, then the profile in zlib's format.
    else if (type === "iCCP") {
      raw.icc ??= await inflatePart(data.subarray(data.indexOf(0) + 2), budget);
    } else if (type === "iTXt" && startsWith(data, XMP_KEYWORD)) raw.xmp ??= await textOf(data, budget);
  }
  return raw;
}

function inflatePart(data: Uint8Array, budget: InflateBudget): Promise<Uint8Array | undefined> {
  return inflateAtMost(data, MAX_METADATA_PART_BYTES, "deflate", budget);
}

/** The text of an iTXt chunk, after keyword, two bytes of compression, language and translated keyword. */
async function textOf(data: Uint8Array, budget: InflateBudget): Promise<Uint8Array | undefined> {
  const flags = XMP_KEYWORD.length;
  const language = data.indexOf(0, flags + 2), translated = data.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return undefined;
  const text = data.subarray(translated + 1);
  return data[flags] === 1 ? await inflatePart(text, budget) : text;
}
