import { brotliDecompressed } from "../../host/brotli.ts";
import { latin1 } from "../bytes.ts";
import type { Chromaticity, Primaries } from "../colour_space.ts";
import { damaged } from "../errors.ts";
import { firstValidExif } from "../exif.ts";
import { MAX_METADATA_PART_BYTES, type RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import { BitReader } from "./bits.ts";
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

/** How the number of bits or the offset of a variable-length number is written: value = offset + `bits` bits. */
type Choice = readonly [bits: number, offset: number];

/** Enumerations: 0, 1, 2 and 4 bits, 18 and 6 bits. */
const ENUM: readonly Choice[] = [[0, 0], [0, 1], [4, 2], [6, 18]];
const GREY_SPACE = 1, XYB_SPACE = 2, UNKNOWN_SPACE = 3;
/** Of white points and primaries: numbers follow. */
const CUSTOM = 2;
const D65: Chromaticity = [0.3127, 0.329];
/** White points by their codes: D65, equal energy, DCI. */
const WHITE_POINTS: ReadonlyMap<number, Chromaticity> = new Map([
  [1, D65],
  [10, [1 / 3, 1 / 3]],
  [11, [0.314, 0.351]],
]);
const SRGB_PRIMARIES: Primaries["rgb"] = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
/** Primaries by their codes: sRGB, BT.2100, P3. */
const PRIMARIES: ReadonlyMap<number, Primaries["rgb"]> = new Map([
  [1, SRGB_PRIMARIES],
  [9, [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046]]],
  [11, [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06]]],
]);
/** Transfers that mean sRGB: itself, and "unknown". */
const SRGB_TRANSFERS: ReadonlySet<number> = new Set([2, 13]);
/** Unit of custom chromaticities, and of the exponent of a custom curve. */
const POINT_UNIT = 1e6, GAMMA_UNIT = 1e7;

/** How a codestream describes its colours. */
export interface JxlColour {
  /** Primaries and white point; sRGB's for grey samples. */
  readonly primaries: Primaries;
  /** Whether the primaries or the white point are not sRGB's. */
  readonly isWideGamut: boolean;
  /** Curve from samples to light: a code point of H.273, or the exponent of a power. */
  readonly transfer: { readonly code: number } | { readonly gamma: number };
}

/** What the codestream's first bits say. */
export interface JxlHeader extends StoredHeader {
  /** Bits per sample of the colours. */
  readonly colourDepth: number;
  /** Bits per sample of the alpha channel, if there is one. */
  readonly alphaDepth: number | undefined;
  /** Whether samples are floats. */
  readonly isFloat: boolean;
  /** Whether samples are grey. */
  readonly isGrey: boolean;
  /** Channels beside the colours, alpha among them. */
  readonly extraChannels: number;
  /** Whether the colours are coded in XYB, as lossy ones are; otherwise the samples are coded themselves. */
  readonly isXyb: boolean;
  /** The colours; `undefined` for sRGB, and for what a profile describes. */
  readonly colour: JxlColour | undefined;
  /** Whether an ICC profile describes the colours. */
  readonly hasProfile: boolean;
  /** Whether it is an animation, of which the first frame is read. */
  readonly isAnimated: boolean;
  /** Where fields lie in the codestream, in bits; `undefined` if all have their defaults. */
  readonly places: JxlPlaces | undefined;
}

/** Where fields of a codestream's header lie, in bits from its beginning. */
export interface JxlPlaces {
  /** Begin and end of the depth of the colours. */
  readonly depth: readonly [start: number, end: number];
  /** Begin and end of the description of the colours. */
  readonly colour: readonly [start: number, end: number];
  /** Whether the fields that only some pictures have are there, the tone mapping behind the colours among them. */
  readonly hasExtraFields: boolean;
}

/**
 * Reads size, orientation, depth and colour encoding from the first bits of a JPEG XL codestream (ISO/IEC 18181-1, SizeHeader
 * and ImageMetadata), bare or in its container.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readJxl(bytes: Uint8Array): JxlHeader {
  const atEnd = () => damaged("JPEG XL", "it ends within its header");
  const bits = new BitReader(codestream(bytes), "lowest-first", atEnd, 2);
  const size = readSize(bits);
  const plain: JxlHeader = {
    ...size,
    orientation: 1,
    libraryOrients: true,
    colourDepth: 8,
    alphaDepth: undefined,
    isFloat: false,
    isGrey: false,
    extraChannels: 0,
    isXyb: true,
    colour: undefined,
    hasProfile: false,
    isAnimated: false,
    places: undefined,
  };
  if (bits.flag()) return plain; // all default
  const hasExtraFields = bits.flag();
  const orientation = hasExtraFields ? bits.read(3) + 1 as Orientation : 1;
  const metadata = readImageMetadata(bits, hasExtraFields), { colourDepth, alphaDepth = 0 } = metadata;
  return { ...plain, ...metadata, orientation, bitDepth: Math.max(colourDepth, alphaDepth) };
}

/** What follows the orientation. */
function readImageMetadata(
  bits: BitReader,
  hasExtraFields: boolean,
): Omit<JxlHeader, keyof StoredHeader> {
  const isAnimated = hasExtraFields && skipExtraFields(bits);
  const depthStart = bits.position,
    { depth: colourDepth, isFloat } = readDepth(bits),
    depthEnd = bits.position;
  bits.skip(1); // samples fit into 16 bits
  const extraChannels = choose(bits, [[0, 0], [0, 1], [4, 2], [12, 1]]);
  let alphaDepth: number | undefined;
  for (let i = 0; i < extraChannels; i++) alphaDepth ??= readExtraChannel(bits);
  const isXyb = bits.flag(), colourStart = bits.position, colour = readColour(bits);
  const places: JxlPlaces = {
    depth: [depthStart, depthEnd],
    colour: [colourStart, bits.position],
    hasExtraFields,
  };
  return { isAnimated, colourDepth, isFloat, alphaDepth, extraChannels, isXyb, places, ...colour };
}

function readSize(bits: BitReader): { readonly width: number; readonly height: number } {
  const small = bits.flag();
  const side = () => small ? (bits.read(5) + 1) * 8 : bits.read(SIDE_BITS[bits.read(2)]) + 1;
  const height = side();
  const ratio = bits.read(3);
  const width = ratio === 0 ? side() : Math.floor(height * RATIOS[ratio][0] / RATIOS[ratio][1]);
  if (width === 0) throw damaged("JPEG XL", `its size is ${width}×${height}`);
  return { width, height };
}

/** Two bits say which choice; the number follows. */
function choose(bits: BitReader, choices: readonly Choice[]): number {
  const [count, offset] = choices[bits.read(2)];
  return bits.read(count) + offset;
}

/** Intrinsic size, preview and animation; returns whether there is an animation. */
function skipExtraFields(bits: BitReader): boolean {
  if (bits.flag()) readSize(bits);
  if (bits.flag()) {
    const isDividedBy8 = bits.flag();
    const side = () =>
      choose(
        bits,
        isDividedBy8 ? [[0, 16], [0, 32], [5, 1], [9, 33]] : [[6, 1], [8, 65], [10, 321], [12, 1345]],
      );
    side();
    if (bits.read(3) === 0) side();
  }
  if (!bits.flag()) return false;
  choose(bits, [[0, 100], [0, 1000], [10, 1], [30, 1]]); // ticks per second
  choose(bits, [[0, 1], [0, 1001], [8, 1], [10, 1]]);
  choose(bits, [[0, 0], [3, 0], [16, 0], [32, 0]]); // loops
  bits.skip(1); // timecodes
  return true;
}

function readDepth(bits: BitReader): { readonly depth: number; readonly isFloat: boolean } {
  const isFloat = bits.flag();
  const depth = choose(
    bits,
    isFloat ? [[0, 32], [0, 16], [0, 24], [6, 1]] : [[0, 8], [0, 10], [0, 12], [6, 1]],
  );
  if (isFloat) bits.skip(4);
  return { depth, isFloat };
}

/** Passes over a channel; returns its bits per sample if it is alpha. */
function readExtraChannel(bits: BitReader): number | undefined {
  if (bits.flag()) return 8; // alpha of 8 bits
  const type = choose(bits, ENUM);
  const { depth } = readDepth(bits);
  choose(bits, [[0, 0], [0, 3], [0, 4], [3, 1]]); // dimension shift
  bits.skip(8 * choose(bits, [[0, 0], [4, 0], [5, 16], [10, 48]])); // name
  if (type === 0) bits.skip(1); // whether the colours are multiplied by it
  else if (type === 2) bits.skip(4 * 16); // spot colour
  else if (type === 5) choose(bits, [[0, 1], [2, 0], [4, 3], [8, 19]]); // colour filter array
  return type === 0 ? depth : undefined;
}

function readColour(bits: BitReader): Pick<JxlHeader, "isGrey" | "hasProfile" | "colour"> {
  if (bits.flag()) return { isGrey: false, hasProfile: false, colour: undefined }; // all default: sRGB
  const hasProfile = bits.flag(), space = choose(bits, ENUM), isGrey = space === GREY_SPACE;
  if (hasProfile || space === XYB_SPACE || space === UNKNOWN_SPACE) {
    return { isGrey, hasProfile, colour: undefined };
  }
  const readPoint = (): Chromaticity => [readCoordinate(bits), readCoordinate(bits)];
  const whiteCode = choose(bits, ENUM);
  const white = whiteCode === CUSTOM ? readPoint() : WHITE_POINTS.get(whiteCode) ?? D65;
  const primariesCode = isGrey ? 1 : choose(bits, ENUM);
  const rgb = primariesCode === CUSTOM
    ? [readPoint(), readPoint(), readPoint()] as const
    : PRIMARIES.get(primariesCode) ?? SRGB_PRIMARIES;
  const transfer: JxlColour["transfer"] = bits.flag()
    ? { gamma: GAMMA_UNIT / bits.read(24) }
    : { code: choose(bits, ENUM) };
  choose(bits, ENUM); // rendering intent
  // Grey has no gamut.
  const primaries = isGrey ? { white: D65, rgb: SRGB_PRIMARIES } : { white, rgb };
  const isWideGamut = primaries.white !== D65 || primaries.rgb !== SRGB_PRIMARIES;
  const isSrgb = !isWideGamut && "code" in transfer && SRGB_TRANSFERS.has(transfer.code);
  return { isGrey, hasProfile, colour: isSrgb ? undefined : { primaries, isWideGamut, transfer } };
}

/** How a codestream writes a transfer: numbers, each with its count of bits. */
export function transferBits(transfer: JxlColour["transfer"]): (readonly [value: number, count: number])[] {
  if ("gamma" in transfer) return [[1, 1], [Math.round(GAMMA_UNIT / transfer.gamma), 24]];
  const { code } = transfer;
  if (code < 2) return [[0, 1], [code, 2]];
  return code < 18 ? [[0, 1], [2, 2], [code - 2, 4]] : [[0, 1], [3, 2], [code - 18, 6]];
}

/** x or y of a custom point; the lowest bit is the sign. */
function readCoordinate(bits: BitReader): number {
  const value = choose(bits, [[19, 0], [19, 524288], [20, 1048576], [21, 2097152]]);
  return (value % 2 === 0 ? value / 2 : -(value + 1) / 2) / POINT_UNIT;
}

/** The codestream itself, or its first part inside the container (`jxlc`, or `jxlp` after a 4-byte part number). */
function codestream(bytes: Uint8Array): Uint8Array {
  for (const part of codestreamParts(bytes)) return part;
  throw damaged("JPEG XL", "its container holds no codestream");
}

/** The parts of the codestream, which need not lie next to each other. */
export function* codestreamParts(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  if (bytes[0] === 0xff) return yield bytes;
  for (const { type, data } of boxes(bytes, "JPEG XL")) {
    if (type === "jxlc") yield data;
    else if (type === "jxlp") yield data.subarray(4);
  }
}

/** EXIF and XMP of the container's boxes; the colours are told by the decoder. */
export function jxlMetadata(bytes: Uint8Array): RawMetadata {
  const exif: Uint8Array[] = [], warnings: string[] = [];
  let xmp: Uint8Array | undefined;
  if (readJxl(bytes).isAnimated) warnings.push("the animation was left out; its first frame was kept");
  for (const box of bytes[0] === 0xff ? [] : boxes(bytes, "JPEG XL")) {
    const { type, data } = box.type === "brob" ? inflated(box.data, warnings) : box;
    // Four bytes say where the TIFF header begins after them.
    if (type === "Exif" && data.length > 4) {
      const { buffer, byteOffset } = data;
      exif.push(data.subarray(4 + new DataView(buffer, byteOffset).getUint32(0)));
    } else if (type === "xml ") xmp ??= data;
  }
  return { icc: undefined, cicp: undefined, exif: firstValidExif(exif), xmp, warnings };
}

/** Boxes of metadata, with their names for people. */
const METADATA_BOXES: { readonly [type: string]: string } = { "Exif": "EXIF", "xml ": "XMP" };

/** The box that a `brob` box holds, its content compressed by Brotli; empty, and told in the warnings, if it cannot be read. */
function inflated(
  data: Uint8Array,
  warnings: string[],
): { readonly type: string; readonly data: Uint8Array } {
  const type = latin1(data.subarray(0, 4)), name = METADATA_BOXES[type];
  if (name === undefined) return { type: "", data: new Uint8Array(0) };
  let fault = "which this runtime cannot decompress,";
  try {
    const content = brotliDecompressed(data.subarray(4), MAX_METADATA_PART_BYTES);
    if (content?.length) return { type, data: content };
    if (content) throw new RangeError("no content");
  } catch {
    fault = `which cannot be read or give more than ${MAX_METADATA_PART_BYTES} bytes,`;
  }
  warnings.push(`the ${name} metadata are compressed by Brotli, ${fault} and were left out`);
  return { type: "", data: new Uint8Array(0) };
}
