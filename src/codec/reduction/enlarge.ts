import { enlargeSamples, type Taps } from "../../kernels/cpu/enlarge.ts";
import type { Rect } from "../tiles/tile_grid.ts";

/** Coded pixels that a shown one is made of, in each direction. */
const TAPS = 4;

/** A picture that is coded with reduced sides, and where the wanted pixels lie in it. */
export interface Enlargement {
  /** How often the sides are halved. */
  readonly reduction: number;
  /** The coded picture's size. */
  readonly coded: { readonly width: number; readonly height: number };
  /** What of the coded picture was decoded. */
  readonly inner: Rect;
  /** What of the shown picture is wanted. */
  readonly wanted: Rect;
}

/**
 * Enlarges a decoded picture by the cubic of Catmull and Rom, first down, then across. Pixels beyond the border repeat it.
 *
 * @param samples RGBA of `inner`, opaque.
 * @param place Where the samples lie.
 * @returns RGBA of `wanted`.
 */
export function enlarge(
  samples: Uint8ClampedArray,
  { reduction, coded, inner, wanted }: Enlargement,
): Uint8ClampedArray<ArrayBuffer> {
  const columns = tapsOf(wanted.x, wanted.width, reduction, coded.width, inner.x);
  const rows = tapsOf(wanted.y, wanted.height, reduction, coded.height, inner.y);
  return enlargeSamples(samples, inner.width, rows, columns);
}

/** For each wanted place along one side: four places among the decoded ones and their weights. */
function tapsOf(
  from: number,
  length: number,
  reduction: number,
  codedLength: number,
  innerFrom: number,
): Taps {
  const places = new Int32Array(TAPS * length), weights = new Float64Array(TAPS * length);
  for (let i = 0; i < length; i++) {
    const at = (from + i + 0.5) / 2 ** reduction - 0.5, first = Math.floor(at), t = at - first;
    for (let tap = 0; tap < TAPS; tap++) {
      places[TAPS * i + tap] = Math.max(0, Math.min(codedLength - 1, first - 1 + tap)) - innerFrom;
      weights[TAPS * i + tap] = cubic(Math.abs(t + 1 - tap));
    }
  }
  return { places, weights };
}

/** The cubic of Catmull and Rom at a distance of 0 to 2. */
function cubic(x: number): number {
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2;
}
