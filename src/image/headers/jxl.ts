import { latin1 } from "../bytes.ts";
import { damaged } from "../errors.ts";
import { firstValidExif } from "../exif.ts";
import type { RawMetadata } from "../metadata_parts.ts";
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
const UNKNOWN_SPACE = 3, GREY_SPACE = 1;
const CUSTOM = 2, SRGB_PRIMARIES = 1, PQ_TRANSFER = 16, HLG_TRANSFER = 18;

/** What the codestream's first bits say. */
interface JxlHeader extends StoredHeader {
  /** Whether colours may lie outside sRGB, to which the library converts them. */
  readonly isWideGamut: boolean;
  /** Whether it is an animation, of which the library gives the first frame. */
  readonly isAnimated: boolean;
}

/**
 * Reads size, orientation and colour encoding from the first bits of a JPEG XL codestream (ISO/IEC 18181-1, SizeHeader and
 * ImageMetadata), bare or in its container.
 *
 * The library converts every colour space to sRGB. Samples of PQ and HLG would come out dark or clipped: they are refused.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readJxl(bytes: Uint8Array): StoredHeader {
  return readJxlHeader(bytes);
}

function readJxlHeader(bytes: Uint8Array): JxlHeader {
  const atEnd = () => damaged("JPEG XL", "it ends within its header");
  const bits = new BitReader(codestream(bytes), "lowest-first", atEnd, 2);
  const size = readSize(bits);
  const plain: JxlHeader = {
    ...size,
    orientation: 1,
    libraryOrients: true,
    isWideGamut: false,
    isAnimated: false,
  };
  if (bits.flag()) return plain; // all default
  const hasExtraFields = bits.flag();
  const orientation = hasExtraFields ? bits.read(3) + 1 as Orientation : 1;
  const { isAnimated, bitDepth, isWideGamut, transfer } = readImageMetadata(bits, hasExtraFields);
  const header = { ...plain, orientation, bitDepth, isAnimated, isWideGamut };
  if (transfer !== PQ_TRANSFER && transfer !== HLG_TRANSFER) return header;
  return {
    ...header,
    unsupportedFeature: `samples of high dynamic range (${transfer === PQ_TRANSFER ? "PQ" : "HLG"})`,
    remedy: "Convert it to a PNG of 16 bits, which keeps them, or to sRGB, first",
  };
}

/** What follows the orientation. */
function readImageMetadata(
  bits: BitReader,
  hasExtraFields: boolean,
): {
  readonly isAnimated: boolean;
  readonly bitDepth: number;
  readonly isWideGamut: boolean;
  readonly transfer?: number;
} {
  const isAnimated = hasExtraFields && skipExtraFields(bits);
  const bitDepth = readBitDepth(bits);
  bits.skip(1); // samples fit into 16 bits
  for (let count = choose(bits, [[0, 0], [0, 1], [4, 2], [12, 1]]); count > 0; count--) {
    skipExtraChannel(bits);
  }
  bits.skip(1); // XYB
  return { isAnimated, bitDepth, ...readColour(bits) };
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

function readBitDepth(bits: BitReader): number {
  const isFloat = bits.flag();
  const depth = choose(
    bits,
    isFloat ? [[0, 32], [0, 16], [0, 24], [6, 1]] : [[0, 8], [0, 10], [0, 12], [6, 1]],
  );
  if (isFloat) bits.skip(4);
  return depth;
}

function skipExtraChannel(bits: BitReader): void {
  if (bits.flag()) return; // alpha of 8 bits
  const type = choose(bits, ENUM);
  readBitDepth(bits);
  choose(bits, [[0, 0], [0, 3], [0, 4], [3, 1]]); // dimension shift
  bits.skip(8 * choose(bits, [[0, 0], [4, 0], [5, 16], [10, 48]])); // name
  if (type === 0) bits.skip(1); // alpha
  else if (type === 2) bits.skip(4 * 16); // spot colour
  else if (type === 5) choose(bits, [[0, 1], [2, 0], [4, 3], [8, 19]]); // colour filter array
}

/** The colour encoding; a profile, which the library reads, counts as sRGB here. */
function readColour(bits: BitReader): { readonly isWideGamut: boolean; readonly transfer?: number } {
  if (bits.flag()) return { isWideGamut: false }; // all default: sRGB
  const hasProfile = bits.flag(), space = choose(bits, ENUM);
  if (hasProfile || space === CUSTOM || space === UNKNOWN_SPACE) return { isWideGamut: false };
  const skipPoint = () => {
    for (let i = 0; i < 2; i++) choose(bits, [[19, 0], [19, 524288], [20, 1048576], [21, 2097152]]);
  };
  if (choose(bits, ENUM) === CUSTOM) skipPoint(); // white point
  const primaries = space === GREY_SPACE ? SRGB_PRIMARIES : choose(bits, ENUM);
  if (primaries === CUSTOM) { for (let i = 0; i < 3; i++) skipPoint(); }
  const isWideGamut = primaries !== SRGB_PRIMARIES;
  if (!bits.flag()) return { isWideGamut, transfer: choose(bits, ENUM) };
  bits.skip(24); // an exponent
  return { isWideGamut };
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

/** EXIF and XMP of the container's boxes; the samples are sRGB, as the library converts them. */
export function jxlMetadata(bytes: Uint8Array): RawMetadata {
  const { isWideGamut, isAnimated } = readJxlHeader(bytes);
  const exif: Uint8Array[] = [], warnings: string[] = [];
  let xmp: Uint8Array | undefined;
  if (isWideGamut) warnings.push("the colours were converted to sRGB; those outside of it were clipped");
  if (isAnimated) warnings.push("the animation was left out; its first frame was kept");
  for (const { type, data } of bytes[0] === 0xff ? [] : boxes(bytes, "JPEG XL")) {
    // Four bytes say where the TIFF header begins after them.
    if (type === "Exif" && data.length > 4) {
      exif.push(data.subarray(4 + new DataView(data.buffer, data.byteOffset).getUint32(0)));
    } else if (type === "xml ") xmp ??= data;
    else if (type === "brob") {
      const name = { "Exif": "EXIF", "xml ": "XMP" }[latin1(data.subarray(0, 4))];
      if (name) {
        warnings.push(
          `the ${name} metadata are compressed by Brotli, which is not supported, and were left out`,
        );
      }
    }
  }
  return { icc: undefined, cicp: undefined, exif: firstValidExif(exif), xmp, warnings };
}
