/**
 * ICC profiles (ICC.1:2022): what their headers say, and small ones made of primaries and a curve.
 *
 * @module
 */
import { concat } from "../core/concat.ts";
import { ascii, latin1 } from "./bytes.ts";
import { type Cicp, cicpLabel } from "./cicp.ts";
import { type ColourSpace, type Primaries, spaceOfCicp, type TransferCurve } from "./colour_space.ts";
import { invert3, type Matrix3, multiply3, transform3 } from "./matrix3.ts";

const HEADER_BYTES = 128, TAG_ENTRY_BYTES = 12;
/** The profile connection space's white point. */
const D50 = [0.9642, 1, 0.8249] as const;
/** Bradford's cone responses. */
const BRADFORD: Matrix3 = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];

/** Four letters that name a profile's colour space: "RGB ", "GRAY", "CMYK" and others. */
export function profileSpace(profile: Uint8Array): string {
  return latin1(profile.subarray(16, 20));
}

/**
 * Why a profile cannot be used: it is no profile, or not whole.
 *
 * @returns The reason, to be read after "the ICC profile"; `undefined` for none.
 */
export function profileFault(profile: Uint8Array): string | undefined {
  const { length } = profile;
  if (length < HEADER_BYTES + 4) return `is incomplete (${length} bytes)`;
  const view = new DataView(profile.buffer, profile.byteOffset, length), size = view.getUint32(0);
  if (latin1(profile.subarray(36, 40)) !== "acsp") return "is damaged (its signature is missing)";
  if (size > length) return `is incomplete (${length} of ${size} bytes)`;
  const tagsEnd = HEADER_BYTES + 4 + view.getUint32(HEADER_BYTES) * TAG_ENTRY_BYTES;
  if (tagsEnd > length) return "is incomplete (its list of tags is cut short)";
  for (let at = HEADER_BYTES + 4; at < tagsEnd; at += TAG_ENTRY_BYTES) {
    if (view.getUint32(at + 4) + view.getUint32(at + 8) > length) return "is incomplete (a tag is cut short)";
  }
  return undefined;
}

/** Tells that a profile is not used, by its fault as {@linkcode profileFault} gives it. */
export function profileWarning(fault: string): string {
  return `the ICC profile ${fault} and was left out`;
}

/**
 * Whether a profile may stand beside samples: its colour space is RGB, or grey with grey samples.
 *
 * @param isGrey Whether R = G = B everywhere.
 */
export function profileFits(profile: Uint8Array, isGrey: boolean): boolean {
  const space = profileSpace(profile);
  return space === "RGB " || space === "GRAY" && isGrey;
}

/** A profile that means the same as a record; `undefined` for PQ, HLG and others that primaries and a curve cannot say. */
export function profileOfCicp(cicp: Cicp): Uint8Array<ArrayBuffer> | undefined {
  const space = spaceOfCicp(cicp);
  return space && makeProfile(space, cicpLabel(cicp));
}

/**
 * Makes a display profile of version 4, some 550 bytes.
 *
 * @param space Primaries and curve.
 * @param description Its name, for people; ASCII.
 */
export function makeProfile({ primaries, curve }: ColourSpace, description: string): Uint8Array<ArrayBuffer> {
  const { adaptation, columns } = toConnectionSpace(primaries), trc = curveTag(curve);
  const tags: readonly (readonly [signature: string, data: Uint8Array])[] = [
    ["desc", textTag(description)],
    ["cprt", textTag("CC0")],
    ["wtpt", tag("XYZ ", D50.map(fixed16))],
    ["chad", tag("sf32", adaptation.flat().map(fixed16))],
    ["rXYZ", tag("XYZ ", columns[0].map(fixed16))],
    ["gXYZ", tag("XYZ ", columns[1].map(fixed16))],
    ["bXYZ", tag("XYZ ", columns[2].map(fixed16))],
    ["rTRC", trc],
    ["gTRC", trc],
    ["bTRC", trc],
  ];
  const list: Uint8Array[] = [uint32(tags.length)], places = new Map<Uint8Array, number>();
  let end = HEADER_BYTES + 4 + tags.length * TAG_ENTRY_BYTES;
  for (const [signature, data] of tags) {
    if (!places.has(data)) {
      places.set(data, end);
      end += data.length;
    }
    list.push(ascii(signature), uint32(places.get(data) ?? 0), uint32(data.length));
  }
  const header = new Uint8Array(HEADER_BYTES), view = new DataView(header.buffer);
  view.setUint32(0, end);
  view.setUint32(8, 0x04300000); // version 4.3
  header.set(ascii("mntrRGB XYZ "), 12);
  [2026, 1, 1].forEach((part, i) => view.setUint16(24 + 2 * i, part)); // a fixed date, so that equal spaces give equal bytes
  header.set(ascii("acsp"), 36);
  D50.forEach((value, i) => view.setInt32(68 + 4 * i, fixed16(value)));
  return concat([header, ...list, ...places.keys()]);
}

/** The adaptation of the white point to D50, and the three primaries' colours there. */
export function toConnectionSpace({ white, rgb }: Primaries): { adaptation: Matrix3; columns: Matrix3 } {
  const xyz = ([x, y]: readonly [number, number]) => [x / y, 1, (1 - x - y) / y] as const;
  const whiteXyz = xyz(white), [r, g, b] = rgb.map(xyz);
  const unscaled: Matrix3 = [[r[0], g[0], b[0]], [r[1], g[1], b[1]], [r[2], g[2], b[2]]];
  const scale = transform3(invert3(unscaled), whiteXyz);
  const from = transform3(BRADFORD, whiteXyz), to = transform3(BRADFORD, D50);
  const gain: Matrix3 = [[to[0] / from[0], 0, 0], [0, to[1] / from[1], 0], [0, 0, to[2] / from[2]]];
  const adaptation = multiply3(invert3(BRADFORD), multiply3(gain, BRADFORD));
  const column = (i: number) =>
    transform3(adaptation, [unscaled[0][i] * scale[i], unscaled[1][i] * scale[i], unscaled[2][i] * scale[i]]);
  return { adaptation, columns: [column(0), column(1), column(2)] };
}

/** A parametric curve: type 0 is a pure power, type 3 has a linear part. */
function curveTag({ gamma, a, b, c, d }: TransferCurve): Uint8Array {
  const isPower = a === 1 && b === 0 && d === 0;
  const parameters = isPower ? [gamma] : [gamma, a, b, c, d];
  return tag("para", [isPower ? 0 : 3 << 16, ...parameters.map(fixed16)]);
}

/** A text in one language, UTF-16; padded to a multiple of four bytes. */
function textTag(text: string): Uint8Array {
  const padded = new Uint8Array(2 * (text.length + (text.length & 1)));
  for (let i = 0; i < text.length; i++) padded[2 * i + 1] = text.charCodeAt(i);
  // One record of twelve bytes: language "en", country "US", length and offset of the text.
  return concat([tag("mluc", [1, 12, 0x656e5553, 2 * text.length, 28]), padded]);
}

/** A tag's type and its numbers of 32 bits. */
function tag(type: string, numbers: readonly number[]): Uint8Array {
  return concat([ascii(type), uint32(0), ...numbers.map(uint32)]);
}

/** A number with 16 bits after the point. */
function fixed16(value: number): number {
  return Math.round(value * 65536);
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
