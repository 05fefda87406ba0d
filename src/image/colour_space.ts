import type { Cicp } from "./cicp.ts";

/** CIE x and y. */
export type Chromaticity = readonly [x: number, y: number];

/** Chromaticities of the primaries and of the white point. */
export interface Primaries {
  /** White point. */
  readonly white: Chromaticity;
  /** Red, green, blue. */
  readonly rgb: readonly [Chromaticity, Chromaticity, Chromaticity];
}

/**
 * A transfer from samples (0 to 1) to linear light: (a·V + b)^gamma from V = d on, c·V below; a pure power if a is 1 and b, c
 * and d are 0.
 */
export interface TransferCurve {
  /** Exponent. */
  readonly gamma: number;
  /** Scale before the exponent. */
  readonly a: number;
  /** Offset before the exponent. */
  readonly b: number;
  /** Slope of the linear part. */
  readonly c: number;
  /** Sample at which the linear part ends. */
  readonly d: number;
}

/** A colour space that primaries and one curve describe. */
export interface ColourSpace {
  /** Its primaries. */
  readonly primaries: Primaries;
  /** The curve of all three channels. */
  readonly curve: TransferCurve;
}

const D65: Chromaticity = [0.3127, 0.329], C: Chromaticity = [0.31, 0.316];

/** What samples mean where a file does not say. */
export const SRGB: ColourSpace = {
  primaries: { white: D65, rgb: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06]] },
  curve: offsetPower(2.4, 0.055, 12.92, 0.04045),
};

/** Primaries of H.273, table 2, by code point. */
const PRIMARIES: ReadonlyMap<number, Primaries> = new Map([
  [1, SRGB.primaries],
  [4, { white: C, rgb: [[0.67, 0.33], [0.21, 0.71], [0.14, 0.08]] }],
  [5, { white: D65, rgb: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06]] }],
  [6, { white: D65, rgb: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07]] }],
  [7, { white: D65, rgb: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07]] }],
  [8, { white: C, rgb: [[0.681, 0.319], [0.243, 0.692], [0.145, 0.049]] }],
  [9, { white: D65, rgb: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046]] }],
  [11, { white: [0.314, 0.351], rgb: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06]] }],
  [12, { white: D65, rgb: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06]] }],
  [22, { white: D65, rgb: [[0.63, 0.34], [0.295, 0.605], [0.155, 0.077]] }],
]);

/** Curves of H.273, table 3, by code point; those that are no power with a linear part are absent. */
const CURVES: ReadonlyMap<number, TransferCurve> = new Map([
  ...[1, 6, 14, 15].map((code) => [code, offsetPower(1 / 0.45, 0.099, 4.5, 0.081)] as const),
  [4, powerCurve(2.2)],
  [5, powerCurve(2.8)],
  [7, offsetPower(1 / 0.45, 0.1115, 4, 0.0912)],
  [8, powerCurve(1)],
  [13, SRGB.curve],
]);

/** Differences that rounding explains: of chromaticities, and of exponents (as a share). */
const CHROMATICITY_TOLERANCE = 0.001, GAMMA_TOLERANCE = 0.01;

/** The curve of a pure power. */
export function powerCurve(gamma: number): TransferCurve {
  return { gamma, a: 1, b: 0, c: 0, d: 0 };
}

/** The inverse of "(1 + offset)·L^(1/gamma) − offset, slope·L near black". */
function offsetPower(gamma: number, offset: number, slope: number, d: number): TransferCurve {
  return { gamma, a: 1 / (1 + offset), b: offset / (1 + offset), c: 1 / slope, d };
}

/** What a record means; `undefined` for narrow range, and for code points that no primaries and curve describe. */
export function spaceOfCicp({ primaries: code, transfer, fullRange }: Cicp): ColourSpace | undefined {
  const primaries = PRIMARIES.get(code), curve = CURVES.get(transfer);
  return primaries && curve && fullRange ? { primaries, curve } : undefined;
}

/** The curve of a transfer's code point; `undefined` for PQ, HLG and others that are no power with a linear part. */
export function curveOfTransfer(code: number): TransferCurve | undefined {
  return CURVES.get(code);
}

/** The code point of primaries; `undefined` for others than H.273's. */
export function codeOfPrimaries(primaries: Primaries): number | undefined {
  const points = [primaries.white, ...primaries.rgb].flat();
  for (const [code, { white, rgb }] of PRIMARIES) {
    const known = [white, ...rgb].flat();
    if (known.every((value, i) => Math.abs(value - points[i]) <= CHROMATICITY_TOLERANCE)) return code;
  }
  return undefined;
}

/** The code point of a pure power: 2.2, 2.8 or linear; `undefined` for others. */
export function codeOfGamma(gamma: number): number | undefined {
  const codes = [[4, 2.2], [5, 2.8], [8, 1]] as const;
  return codes.find(([, known]) => Math.abs(gamma / known - 1) <= GAMMA_TOLERANCE)?.[0];
}
