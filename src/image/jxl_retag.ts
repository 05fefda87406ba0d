/**
 * Lossy JPEG XL in wide or high dynamic range colours, for jxl-oxide: it converts XYB to sRGB, draws the colours into that gamut,
 * and only then converts them to the file's colour space. The header says by which matrix XYB becomes light, and the
 * coded data do not depend on it. So the header is written anew, with a matrix that gives the light of the file's own
 * primaries, which are then called sRGB's.
 *
 * @module
 */
import { SRGB } from "./colour_space.ts";
import { concat } from "../core/concat.ts";
import { damaged } from "./errors.ts";
import { BitReader } from "./headers/bits.ts";
import { BitWriter } from "./headers/bit_writer.ts";
import { fromFloat16, toFloat16 } from "./headers/float16.ts";
import { codestreamParts, type JxlColour, type JxlHeader, transferBits } from "./headers/jxl.ts";
import { toConnectionSpace } from "./icc_profile.ts";
import { invert3, type Matrix3, multiply3, type Vector3 } from "./matrix3.ts";

/** From the mixed responses of the cones to the light of sRGB's primaries, as a file has it by default. */
const OPSIN_INVERSE: Matrix3 = [
  [11.031566901960783, -9.866943921568629, -0.16462299647058826],
  [-3.254147380392157, 4.418770392156863, -0.16462299647058826],
  [-3.6588512862745097, 2.7129230470588235, 1.9459282392156863],
];
const OPSIN_BIAS = -0.0037930732552754493;
const QUANT_BIASES = [1 - 0.05465007330715401, 1 - 0.07005449891748593, 1 - 0.049935103337343655, 0.145];
/** Luminance of 1.0 in a file that does not say, in candela per square metre. */
const DEFAULT_TARGET = 255;
/** Exponent of the curve in which light of high dynamic range is passed on. */
export const PASSED_GAMMA = 4;

/** The largest luminance that PQ samples stand for. */
const PQ_PEAK = 10_000;
/** How many scales of the light are tried, down to a half. */
const SCALES = 256;

/** A file with another header, and what its samples are. */
export interface RetaggedJxl {
  /** The codestream. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Light of the largest sample, where that of the whole range is 1. */
  readonly largestLight: number;
  /** Luminance that the file gives to its largest light, in candela per square metre. */
  readonly intensityTarget: number;
}

/**
 * Writes the header of a lossy file anew.
 *
 * @param bytes The file.
 * @param header Its header.
 * @param colour Its colours.
 * @param hdr The curve that the samples are to have in the end, if it is one of high dynamic range: they are then light to the
 *   power of 1 / {@linkcode PASSED_GAMMA}, in 16 bits. Otherwise they have the file's own curve.
 * @returns `undefined` for files with extensions, or with a matrix of their own.
 */
export function retaggedJxl(
  bytes: Uint8Array,
  { places, isGrey }: JxlHeader,
  { primaries, transfer }: JxlColour,
  hdr: "PQ" | "HLG" | undefined,
): RetaggedJxl | undefined {
  if (!places) return undefined;
  const codestream = concat([...codestreamParts(bytes)]);
  const atEnd = () => damaged("JPEG XL", "it ends within its header");
  const bits = new BitReader(codestream, "lowest-first", atEnd), out = new BitWriter();
  const copyTo = (end: number) => {
    while (bits.position < end) out.put(bits.read(1), 1);
  };
  const passOver = (end: number) => bits.skip(end - bits.position);
  const { depth, colour, hasExtraFields } = places;
  copyTo(depth[0]);
  if (hdr) {
    out.put(0b110, 3); // integers, 1 + 6 bits
    out.put(15, 6);
    passOver(depth[1]);
  }
  copyTo(colour[0]);
  passOver(colour[1]);
  putColour(out, isGrey, hdr ? { gamma: PASSED_GAMMA } : transfer);
  let intensityTarget = DEFAULT_TARGET;
  if (hasExtraFields) {
    if (!bits.flag()) {
      intensityTarget = fromFloat16(bits.read(16));
      bits.skip(16 + 1 + 16); // the darkest luminance, and what lies below a threshold
    }
    out.put(1, 1); // the default
  }
  const hasExtensions = bits.read(2) !== 0, isDefault = bits.flag();
  if (hasExtensions || !isDefault || !(intensityTarget > 0)) return undefined;
  out.put(0, 2);
  out.put(0, 2); // no defaults: neither of all that follows, nor of the matrix
  const exact = opsinInverse(isGrey ? SRGB.primaries : primaries);
  const whole = hdr ? DEFAULT_TARGET / (hdr === "PQ" ? PQ_PEAK : intensityTarget) : 1;
  const share = hdr ? bestScale(exact, whole) : 1;
  for (const value of halfFloats(exact, whole * share)) out.put(value, 16);
  for (let i = 0; i < 3; i++) out.put(toFloat16(OPSIN_BIAS), 16);
  for (const value of QUANT_BIASES) out.put(toFloat16(value), 16);
  out.put(0, 3); // no weights of upsampling
  const rest = codestream.subarray(Math.ceil(bits.position / 8));
  return { bytes: concat([out.bytes(), rest]), largestLight: 1 / share, intensityTarget };
}

/** A description with sRGB's primaries and white point. */
function putColour(out: BitWriter, isGrey: boolean, transfer: JxlColour["transfer"]): void {
  out.put(0, 2); // no defaults, no profile
  out.put(isGrey ? 1 : 0, 2);
  out.put(1, 2); // D65
  if (!isGrey) out.put(1, 2);
  for (const [value, count] of transferBits(transfer)) out.put(value, count);
  out.put(1, 2); // relative colorimetric
}

/** The matrix to the light of primaries. */
function opsinInverse(primaries: JxlColour["primaries"]): Matrix3 {
  const toSpace = (of: JxlColour["primaries"]): Matrix3 => {
    const [r, g, b] = toConnectionSpace(of).columns;
    return [[r[0], g[0], b[0]], [r[1], g[1], b[1]], [r[2], g[2], b[2]]];
  };
  const fromSrgb = multiply3(invert3(toSpace(primaries)), toSpace(SRGB.primaries));
  return multiply3(fromSrgb, OPSIN_INVERSE);
}

/** A matrix as half floats. The last of each row is chosen so that grey, which has equal responses, is exact. */
function halfFloats(matrix: Matrix3, scale: number): number[] {
  return matrix.flatMap((row: Vector3) => {
    const [a, b, c] = row.map((value) => value * scale), [first, second] = [toFloat16(a), toFloat16(b)];
    return [first, second, toFloat16(a + b + c - fromFloat16(first) - fromFloat16(second))];
  });
}

/** The share of the whole range, at least a half, at which half floats come nearest to a matrix. */
function bestScale(matrix: Matrix3, whole: number): number {
  let best = 1, least = Infinity;
  for (let i = SCALES; i > SCALES / 2; i--) {
    const scale = whole * i / SCALES, exact = matrix.flat();
    const errors = halfFloats(matrix, scale).map((half, k) => Math.abs(fromFloat16(half) / scale - exact[k]));
    const error = Math.max(...errors);
    if (error < least) [best, least] = [i / SCALES, error];
  }
  return best;
}
