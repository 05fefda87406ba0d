/**
 * What a PNG's colour chunks mean together (PNG, third edition, clause 4.3): cICP before iCCP before sRGB before gAMA and
 * cHRM.
 *
 * @module
 */
import { type Cicp, cicpFromBytes, knownCicp, UNSPECIFIED } from "./cicp.ts";
import {
  type Chromaticity,
  codeOfGamma,
  codeOfPrimaries,
  powerCurve,
  type Primaries,
  SRGB,
} from "./colour_space.ts";
import { makeProfile, profileOfCicp } from "./icc_profile.ts";

/** Code point of sRGB's curve. */
const SRGB_TRANSFER = 13;
/** Unit of gAMA and cHRM. */
const PNG_UNIT = 100_000;
/** The exponent that gAMA gives as sRGB's approximation. */
const SRGB_GAMMA = 2.2;

/** Colour chunks, the first of each type. */
export interface PngColourChunks {
  /** Data of cICP. */
  readonly cicp: Uint8Array | undefined;
  /** The profile of iCCP, inflated and whole. */
  readonly icc: Uint8Array | undefined;
  /** Whether there is an sRGB chunk. */
  readonly isSrgb: boolean;
  /** Data of gAMA. */
  readonly gamma: Uint8Array | undefined;
  /** Data of cHRM. */
  readonly chromaticities: Uint8Array | undefined;
}

/** What they mean; neither for sRGB. */
export interface PngColour {
  /** The record of cICP, or one that means the same as gAMA and cHRM. */
  readonly cicp?: Cicp;
  /** The profile, or one that means the same as gAMA and cHRM. */
  readonly icc?: Uint8Array;
}

/**
 * Resolves colour chunks. What is not valid counts as absent.
 *
 * @returns A record, a profile, both (the record counts; the profile is for readers that do not know it) or neither.
 */
export function colourOfPng(chunks: PngColourChunks): PngColour {
  const named = chunks.cicp && cicpFromBytes(chunks.cicp);
  const { icc } = chunks;
  if (named && !(named.primaries === UNSPECIFIED && named.transfer === UNSPECIFIED)) {
    const cicp = knownCicp(named.primaries, named.transfer, named.fullRange);
    if (!cicp) return {};
    return icc && !isOwnProfile(icc, cicp) ? { cicp, icc } : { cicp };
  }
  if (icc) return { icc };
  return chunks.isSrgb ? {} : colourOfGamma(chunks);
}

/** Whether a profile is the one that `encodePng` adds to a record. */
function isOwnProfile(icc: Uint8Array, cicp: Cicp): boolean {
  const own = profileOfCicp(cicp);
  return own !== undefined && own.length === icc.length && own.every((byte, i) => byte === icc[i]);
}

/** gAMA without cHRM has sRGB's primaries, cHRM without gAMA sRGB's curve. */
function colourOfGamma({ gamma: gammaData, chromaticities }: PngColourChunks): PngColour {
  const primaries = (chromaticities && primariesOf(chromaticities)) ?? SRGB.primaries;
  const gamma = gammaData && gammaOf(gammaData);
  const code = codeOfPrimaries(primaries), isSrgbPrimaries = primaries === SRGB.primaries || code === 1;
  const transfer = gamma === undefined ? SRGB_TRANSFER : codeOfGamma(gamma);
  // Writers give sRGB as gamma 1/2.2 with these primaries, as the specification tells them to.
  if (isSrgbPrimaries && gamma !== undefined && transfer === codeOfGamma(SRGB_GAMMA)) return {};
  if (code !== undefined && transfer !== undefined) {
    const cicp = knownCicp(code, transfer, true);
    return cicp ? { cicp } : {};
  }
  const curve = gamma === undefined ? SRGB.curve : powerCurve(gamma);
  const curveName = gamma === undefined ? "sRGB curve" : `gamma ${gamma.toFixed(3)}`;
  const points = [primaries.white, ...primaries.rgb].map((point) => point.map((v) => v.toFixed(4)).join(" "));
  return { icc: makeProfile({ primaries, curve }, `PNG, ${curveName}, ${points.join(", ")}`) };
}

/** The exponent from samples to light; `undefined` for values that no picture has. */
function gammaOf(data: Uint8Array): number | undefined {
  if (data.length !== 4) return undefined;
  const encoding = new DataView(data.buffer, data.byteOffset).getUint32(0) / PNG_UNIT;
  return encoding >= 0.1 && encoding <= 10 ? 1 / encoding : undefined;
}

/** White point and primaries; `undefined` if the three lie on a line, or the white point outside of them. */
function primariesOf(data: Uint8Array): Primaries | undefined {
  if (data.length !== 32) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 32);
  const [white, red, green, blue] = [0, 8, 16, 24].map((at): Chromaticity => [
    view.getInt32(at) / PNG_UNIT,
    view.getInt32(at + 4) / PNG_UNIT,
  ]);
  const area = ([ax, ay]: Chromaticity, [bx, by]: Chromaticity, [cx, cy]: Chromaticity) =>
    (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  const whole = area(red, green, blue);
  const parts = [area(white, green, blue), area(red, white, blue), area(red, green, white)];
  const isInside = Math.abs(whole) > 1e-3 && parts.every((part) => part / whole > 1e-3);
  const hasHeight = [white, red, green, blue].every(([, y]) => y > 0 && y < 1.2);
  return isInside && hasHeight ? { white, rgb: [red, green, blue] } : undefined;
}
