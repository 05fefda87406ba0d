/**
 * Rate-distortion-optimised quantisation: chooses, coefficient by coefficient, the value that costs least in
 * `distortion + lambda · bits`, with the bits that the context model would really charge at that moment. Integers only.
 */

import type { BandShape } from "./bands.ts";
import { checkBands, coefficientCount } from "./bands.ts";
import { CostCoder } from "./binary_coder.ts";
import { ContextModel, type PlaceCoder } from "./context_model.ts";
import { EntropyError } from "./errors.ts";
import type { ContextPrior } from "./prior.ts";

/** Units of a scaled coefficient to a quantisation step. */
export const SCALED_UNITS_PER_STEP = 64;
/** A good start for `lambda`: 0.12 step² a bit, in (step/64)² a bit. */
export const DEFAULT_LAMBDA = 492;

/** Options of {@linkcode optimiseCoefficients}. */
export interface OptimiseOptions {
  /** What a bit is worth, in (step/64)² of distortion: 0 … 65535. 0 rounds to the nearest. */
  readonly lambda: number;
  /**
   * 1..9: 1–2 round to nearest with a dead zone, 3–6 choose by cost in one pass, 7–9 in two (the second with what
   * the first one taught the model).
   */
  readonly effort: number;
  /** What the context coder will start from. */
  readonly prior?: ContextPrior;
}

/**
 * Quantises with the context model's own costs.
 *
 * @param scaled Coefficient / step in 1/64, packed in coding order.
 * @param bands The bands.
 * @param options Trade-off, effort and prior.
 * @returns Quantised coefficients for `encodeSections` in context mode.
 * @throws {EntropyError} `ENTROPY_BAD_BANDS`, `ENTROPY_RANGE`.
 */
export function optimiseCoefficients(
  scaled: Int32Array,
  bands: readonly BandShape[],
  options: OptimiseOptions,
): Int32Array {
  checkBands(bands);
  return onePass(scaled, bands, options);
}

function onePass(scaled: Int32Array, bands: readonly BandShape[], options: OptimiseOptions): Int32Array {
  const model = new ContextModel(bands, options.prior);
  const sink = new CostCoder();
  const probe = new CostCoder();
  const result = new Int32Array(scaled.length);
  const { lambda } = options;
  const costOf = (place: PlaceCoder, target: number, value: number): number => {
    const error = target - value * 64;
    probe.cost = 0;
    place.code(probe, value);
    return error * error * 256 + lambda * probe.cost + (value!==0?pen:0);
  };
  const A=+(Deno.env.get('PA')??0)*256*lambda,B=+(Deno.env.get('PB')??0)*256*lambda;let pen=0;
  const choose = (place: PlaceCoder, index: number, x:number,y:number,band:BandShape): number => {
    const target = scaled[index];
    const magnitude = Math.abs(target);
    const nearest = (magnitude + 32) >> 6;
    if (nearest === 0) return 0;
    pen=0; if(nearest<=2&&band.orientation!==0){const w=band.width;let c=0;const n=(i:number,ok:boolean)=>ok?Math.min(64,Math.abs(scaled[i])):0; c=n(index+1,x+1<w)+n(index+w,y+1<band.height)+(n(index+w-1,y+1<band.height&&x>0)+n(index+w+1,y+1<band.height&&x+1<w))/2; pen=A-B*c/64;}
    const sign = target < 0 ? -1 : 1;
    model.mixing.learning = false;
    let best = nearest * sign;
    let bestCost = costOf(place, target, best);
    const try_ = (value: number): void => {
      const cost = costOf(place, target, value);
      if (cost < bestCost) {
        best = value;
        bestCost = cost;
      }
    };
    try_((nearest - 1) * sign);
    if (nearest === 2) try_(0);
    model.mixing.learning = true;
    return best;
  };
  for (const band of bands) model.codeBand(result, band, sink, choose);
  return result;
}
