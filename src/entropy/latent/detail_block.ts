/**
 * The memory behind the mixing block in which `wasm/detail.ts` codes detail bands: tables, the net's weights for the band, planes, and
 * what comes and goes with the places of a row. `scripts/build_wasm.ts` tells the module the addresses.
 */

import { BIT_COST, ENERGY_CLASS, MAGNITUDE_CLIP, magnitudeLevel } from "../mixing/context_tables.ts";
import { consecutive, MIXING_ADDRESSES } from "../mixing/mixing_block.ts";
import { NET_LOGITS, UNARY_LIMIT } from "./context_layout.ts";
import { HIDDEN_UNITS, SERIAL_PAIRS } from "./net_taps.ts";
import { NEXT_STATE, QUANTISERS } from "./trellis.ts";

/** Places that are coded at once. */
export const PLACES_AT_ONCE = 1024;
/** Most bytes of the decisions of a place: 20 of the unary part, a sign, a tail of 32 and 31. */
const DECISION_BYTES = 4 * 84;
/** Longer sections lie behind the planes. */
export const MOST_STREAM_BYTES: number = 2 ** 22;
/** Numbers that describe a band. */
const BAND_FIELDS = 39;

/** Address of each region, in bytes. */
export const DETAIL_ADDRESSES = consecutive(
  {
    /** u8, by magnitude. */
    energyClass: ENERGY_CLASS.length,
    /** u8, by magnitude: what the net sees of it. */
    levelOf: MAGNITUDE_CLIP + 1,
    /** u16, by probability >> 4. */
    bitCost: BIT_COST.length * 2,
    /** u8, by state and parity. */
    nextState: NEXT_STATE.length,
    /** i32, by quantiser and magnitude. */
    tokenCosts: QUANTISERS * UNARY_LIMIT * 4,
    /** i32: {@linkcode DetailExports.beginBand} reads them. */
    band: BAND_FIELDS * 4,
    /** i16, of the place. */
    units: HIDDEN_UNITS * 2,
    /** i16, logit × unit, of the band's orientation. */
    outputs: NET_LOGITS * HIDDEN_UNITS * 2,
    /** i32, by logit. */
    outputBiases: NET_LOGITS * 4,
    /** i16: weights of the pairs to the left. */
    serialPairs: SERIAL_PAIRS * HIDDEN_UNITS * 4,
    /** i32 a place: values or coefficients. */
    values: PLACES_AT_ONCE * 4,
    /** f64, place × way. */
    ways: PLACES_AT_ONCE * 4 * 8,
    /** i32, place × way. */
    wayLevels: PLACES_AT_ONCE * 4 * 4,
    /** i32, place × unit. */
    sums: PLACES_AT_ONCE * HIDDEN_UNITS * 4,
    /** u32 a decision. */
    decisions: PLACES_AT_ONCE * DECISION_BYTES,
    /** Bytes of the section. */
    stream: MOST_STREAM_BYTES,
    /** The band's planes, and those it looks at: as much as the kernel has room for. */
    planes: 0,
  },
  64,
  Math.ceil(MIXING_ADDRESSES.end / 64) * 64,
);

/** See `wasm/detail.ts`, `wasm/prior.ts` and `wasm/binary_coder.ts`. */
export interface DetailExports {
  beginDecoding(bytes: number, byteLength: number, state: number): void;
  endState(): number;
  beginEncoding(decisions: number): void;
  beginLearning(): void;
  end(): number;
  beginBand(): void;
  codePlaces(x: number, y: number, count: number): number;
  searchPlaces(x: number, y: number, count: number, lambda: number): void;
  sumOfMagnitudes(): number;
  refusedValue(): number;
  refusedQuantiser(): number;
  decidePrior(index: number): number;
  readPriorCounters(target: number, count: number): void;
  readPriorSets(
    weights: number,
    counts: number,
    sets: number,
    stride: number,
    shift: number,
    limit: number,
  ): number;
  readPriorNet(target: number, count: number, base: number, limit: number): number;
}

/**
 * Writes the tables.
 *
 * @param buffer The memory.
 */
export function writeDetailTables(buffer: ArrayBuffer): void {
  const at = DETAIL_ADDRESSES, bytes = new Uint8Array(buffer);
  bytes.set(ENERGY_CLASS, at.energyClass);
  bytes.set(NEXT_STATE, at.nextState);
  for (let m = 0; m <= MAGNITUDE_CLIP; m++) bytes[at.levelOf + m] = magnitudeLevel(m);
  new Uint16Array(buffer, at.bitCost).set(BIT_COST);
}
