import { damaged, ImageError } from "../errors.ts";
import { inflateAtMost, type InflateBudget } from "../bounded_inflate.ts";
import { latin1 } from "../bytes.ts";
import { crc32 } from "../crc32.ts";
import { firstValidExif, readExifOrientation } from "../exif.ts";
import { profileFault, profileWarning } from "../icc_profile.ts";
import { MAX_METADATA_PART_BYTES, type RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import { colourOfPng } from "../png_colour.ts";
import { rawProfileBytes, rawProfileKind, xmpOfApp1 } from "./raw_profile.ts";
import type { StoredHeader } from "./types.ts";

/** Length of the signature that every PNG starts with. */
const PNG_SIGNATURE_BYTES = 8;
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

/** Whether a decoder has to know a chunk: its first letter is upper-case. */
export function isCriticalChunk(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0;
}

/** Whether a chunk's checksum is right. */
export function isChunkWhole({ covered, crc }: PngChunk): boolean {
  return crc32(covered) === crc;
}

/**
 * Walks over the chunks of a PNG file in order, ending after IEND. A file that was cut behind its picture data ends there.
 *
 * @param bytes The whole file.
 * @returns A generator of chunks.
 * @throws ImageError `image-damaged` when the file ends before or within its picture data.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasData = false;
  for (let offset = PNG_SIGNATURE_BYTES;;) {
    const isHead = offset + 8 <= bytes.length;
    const length = isHead ? view.getUint32(offset) : 0;
    const type = latin1(bytes.subarray(offset + 4, offset + 8));
    if (length > MAX_UINT31 || offset + CHUNK_OVERHEAD_BYTES + length > bytes.length) {
      if (hasData && type !== "IDAT") return;
      throw damaged(
        "PNG",
        isHead
          ? `chunk ${JSON.stringify(type)} of ${length} bytes runs past the end of the file`
          : `it ends at byte ${bytes.length}, before its end chunk`,
      );
    }
    yield {
      type,
      data: bytes.subarray(offset + 8, offset + 8 + length),
      covered: bytes.subarray(offset + 4, offset + 8 + length),
      crc: view.getUint32(offset + 8 + length),
    };
    if (type === "IEND") return;
    hasData ||= type === "IDAT";
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
 * Reads size and orientation. The orientation lies in a chunk anywhere between header and end.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export async function readPng(bytes: Uint8Array): Promise<StoredHeader> {
  const { width, height, bitDepth } = readPngHeader(bytes);
  return { width, height, bitDepth, orientation: await pngOrientation(bytes) };
}

async function pngOrientation(bytes: Uint8Array): Promise<Orientation> {
  try {
    const { exif, texts } = pngAncillary(bytes);
    const { exif: raw } = await rawProfiles(texts, newBudget());
    return readExifOrientation(firstValidExif([...exif, ...raw])) ?? 1;
  } catch (error) {
    // A file cut short still has a size; decoding it is what reports the damage.
    if (error instanceof ImageError) return 1;
    throw error;
  }
}

const XMP_KEYWORD = "XML:com.adobe.xmp";

/** What the metadata of a file may inflate to in sum, repeated and damaged parts included. */
function newBudget(): InflateBudget {
  return { bytesLeft: 2 * MAX_METADATA_PART_BYTES };
}

/** A chunk of text, not inflated yet. */
interface TextChunk {
  readonly keyword: string;
  readonly data: Uint8Array;
  readonly isDeflated: boolean;
}

/** Metadata chunks as the file has them. */
interface PngAncillary {
  /** The first chunk of each type. */
  readonly first: ReadonlyMap<string, Uint8Array>;
  readonly exif: readonly Uint8Array[];
  readonly texts: readonly TextChunk[];
  readonly warnings: readonly string[];
}

/** Collects metadata chunks whose checksums are right. */
function pngAncillary(bytes: Uint8Array): PngAncillary {
  const first = new Map<string, Uint8Array>();
  const exif: Uint8Array[] = [], texts: TextChunk[] = [], warnings: string[] = [];
  let end = false;
  for (const chunk of pngChunks(bytes)) {
    const { type, data } = chunk;
    end = type === "IEND";
    if (isCriticalChunk(type)) continue;
    if (!isChunkWhole(chunk)) {
      warnings.push(`chunk ${JSON.stringify(type)} has a wrong checksum and was left out`);
      continue;
    }
    if (!first.has(type)) first.set(type, data);
    if (type === "eXIf") exif.push(data);
    const text = textChunk(chunk);
    if (text) texts.push(text);
  }
  if (!end) warnings.push("the file ends before its end chunk; its picture data are complete");
  if (first.has("acTL")) warnings.push("the animation was left out; the still picture was kept");
  return { first, exif, texts, warnings };
}

/** ICC profile, colour description, EXIF and XMP. What is corrupt is left out, with a warning. */
export async function pngMetadata(bytes: Uint8Array): Promise<RawMetadata> {
  const { first, exif, texts, warnings } = pngAncillary(bytes);
  const budget = newBudget(), raw = await rawProfiles(texts, budget);
  const packet = texts.find(({ keyword }) => keyword === XMP_KEYWORD);
  const compressed = first.get("iCCP"), profile = compressed && await inflatedProfile(compressed, budget);
  const fault = profile ? profileFault(profile) : compressed && "is damaged (it does not inflate)";
  const colour = colourOfPng({
    cicp: first.get("cICP"),
    icc: fault === undefined ? profile : undefined,
    isSrgb: first.has("sRGB"),
    gamma: first.get("gAMA"),
    chromaticities: first.get("cHRM"),
  });
  return {
    icc: colour.icc,
    cicp: colour.cicp,
    exif: firstValidExif([...exif, ...raw.exif]),
    xmp: (packet && await textOf(packet, budget)) ?? raw.xmp,
    warnings: fault === undefined ? warnings : [...warnings, profileWarning(fault)],
  };
}

/** The profile of an iCCP chunk: a name, a zero, compression method 0, then the profile in zlib's format. */
async function inflatedProfile(data: Uint8Array, budget: InflateBudget): Promise<Uint8Array | undefined> {
  return await inflateAtMost(data.subarray(data.indexOf(0) + 2), MAX_METADATA_PART_BYTES, "deflate", budget);
}

/** EXIF blocks and the first XMP packet of ImageMagick's text chunks. */
async function rawProfiles(
  texts: readonly TextChunk[],
  budget: InflateBudget,
): Promise<{ readonly exif: Uint8Array[]; readonly xmp: Uint8Array | undefined }> {
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | undefined;
  for (const chunk of texts) {
    const kind = rawProfileKind(chunk.keyword);
    const text = kind && await textOf(chunk, budget), content = text && rawProfileBytes(text);
    if (!content) continue;
    if (kind !== "exif") xmp ??= kind === "xmp" ? content : xmpOfApp1(content);
    if (kind !== "xmp") exif.push(content);
  }
  return { exif, xmp };
}

/** Keyword and text of a tEXt, zTXt or iTXt chunk; `undefined` for other chunks and broken ones. */
function textChunk({ type, data }: PngChunk): TextChunk | undefined {
  if (type !== "tEXt" && type !== "zTXt" && type !== "iTXt") return undefined;
  const keywordEnd = data.indexOf(0);
  if (keywordEnd < 0) return undefined;
  const keyword = latin1(data.subarray(0, keywordEnd)), rest = keywordEnd + 1;
  if (type === "tEXt") return { keyword, data: data.subarray(rest), isDeflated: false };
  if (type === "zTXt") return { keyword, data: data.subarray(rest + 1), isDeflated: true };
  // Two bytes of compression, language, translated keyword.
  const language = data.indexOf(0, rest + 2), translated = data.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return undefined;
  return { keyword, data: data.subarray(translated + 1), isDeflated: data[rest] === 1 };
}

async function textOf(
  { data, isDeflated }: TextChunk,
  budget: InflateBudget,
): Promise<Uint8Array | undefined> {
  return isDeflated ? await inflateAtMost(data, MAX_METADATA_PART_BYTES, "deflate", budget) : data;
}
