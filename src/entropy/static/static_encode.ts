/** Static section encoder: one table a band, chosen by its cost, everything in one rANS stream. */

import type { BandShape } from "../bands.ts";
import {
  explicitTable,
  FREQUENCY_CLASS_TABLE,
  joinFrequency,
  splitFrequency,
} from "../rans/explicit_table.ts";
import { type FrequencyTable, normaliseCounts } from "../rans/frequency_table.ts";
import { medianPrediction } from "./median_prediction.ts";
import { U8_PROBABILITY_BITS, U8_PROBABILITY_TOTAL } from "../rans/rans_params.ts";
import { log2Fixed } from "../fixed_log2.ts";
import { DecisionRecorder } from "../rans/rans_single_encode.ts";
import { ransEncodeU8 } from "../rans/rans_u8_encode.ts";
import {
  type BandClasses,
  ClassPredictor,
  DECAY_CLASSES,
  DECAY_DIFFERENCE_TABLE,
  FAIR_BIT_TABLE,
  parametricTable,
  UNIFORM_TABLE,
  WEIGHT_ALL_ZERO,
  WEIGHT_CLASSES,
  WEIGHT_DIFFERENCE_TABLE,
  WEIGHT_EXPLICIT,
  WRAPPED_ESCAPE,
} from "./static_model.ts";
import { interleaves, mayInterleave } from "./static_params.ts";
import { varintBytes, zigzag } from "../varint.ts";

/** Bits, in 1/256, of a frequency of 4096; index 0 is unused. */
const COST_BY_FREQUENCY: Int32Array = Int32Array.from(
  { length: U8_PROBABILITY_TOTAL + 1 },
  (_, frequency) => frequency === 0 ? 0 : U8_PROBABILITY_BITS * 256 - log2Fixed(frequency, 8),
);

/** How a band is to be coded. */
interface BandChoice {
  readonly values: Int32Array;
  readonly predicted: boolean;
  readonly classes: BandClasses;
  readonly table: FrequencyTable | undefined;
  /** Rounded frequencies when the table is explicit. */
  readonly rounded: Uint16Array | undefined;
  /** Estimated cost in 1/256 bit. */
  readonly cost: number;
}

/** Encodes the sections of one picture in order; classes carry over from section to section. */
export class StaticEncoder {
  #predictor: ClassPredictor = new ClassPredictor();

  /**
   * Encodes one section.
   *
   * @param coefficients The packed array; magnitudes already checked.
   * @param bands The section's bands.
   * @returns The section's bytes.
   */
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array {
    const recorder = new DecisionRecorder(U8_PROBABILITY_BITS);
    const ownStreams: Uint8Array[] = [];
    for (const band of bands) {
      if (band.width * band.height > 0) this.#encodeBand(coefficients, band, recorder, ownStreams);
    }
    const decisions = recorder.finish();
    if (!mayInterleave(bands)) return decisions;
    return joinWithLengths([decisions, ...ownStreams]);
  }

  #encodeBand(all: Int32Array, band: BandShape, recorder: DecisionRecorder, ownStreams: Uint8Array[]): void {
    const { level, orientation, channel } = band;
    const hint = this.#predictor.predict(level, orientation, channel);
    const plain = all.subarray(band.offset, band.offset + band.width * band.height);
    let choice = chooseTable(plain, false, hint);
    if (orientation === 0 && choice.classes.weight !== WEIGHT_ALL_ZERO) {
      const predicted = chooseTable(medianResiduals(plain, band.width), true, hint);
      if (predicted.classes.weight !== WEIGHT_ALL_ZERO && predicted.cost < choice.cost) choice = predicted;
    }
    const { classes, table, rounded } = choice;
    pushSymbol(recorder, WEIGHT_DIFFERENCE_TABLE, (classes.weight - hint.weight) & (WEIGHT_CLASSES - 1));
    this.#predictor.remember(level, orientation, channel, classes);
    if (table === undefined) return;
    if (orientation === 0) pushSymbol(recorder, FAIR_BIT_TABLE, choice.predicted ? 1 : 0);
    if (rounded !== undefined) pushExplicit(recorder, rounded);
    else pushSymbol(recorder, DECAY_DIFFERENCE_TABLE, (classes.decay - hint.decay) & (DECAY_CLASSES - 1));
    encodeValues(choice.values, table, recorder, ownStreams);
  }
}

function encodeValues(
  values: Int32Array,
  table: FrequencyTable,
  recorder: DecisionRecorder,
  ownStreams: Uint8Array[],
): void {
  const symbols = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const plain = value >= -127 && value <= 127 && table.frequencies[value & 255] > 0;
    symbols[i] = plain ? value & 255 : WRAPPED_ESCAPE;
  }
  if (interleaves(values.length, table)) {
    ownStreams.push(ransEncodeU8(symbols, table));
  } else {
    for (let i = 0; i < symbols.length; i++) pushSymbol(recorder, table, symbols[i]);
  }
  for (let i = 0; i < values.length; i++) {
    if (symbols[i] !== WRAPPED_ESCAPE) continue;
    for (const byte of varintBytes(zigzag(values[i]))) pushSymbol(recorder, UNIFORM_TABLE, byte);
  }
}

function pushSymbol(recorder: DecisionRecorder, table: FrequencyTable, symbol: number): void {
  const entry = table.encodeEntries[symbol];
  recorder.push(entry & 4095, entry >>> 12);
}

function pushExplicit(recorder: DecisionRecorder, rounded: Uint16Array): void {
  let low = -127;
  let high = 127;
  while (low < high && rounded[low & 255] === 0) low++;
  while (high > low && rounded[high & 255] === 0) high--;
  pushSymbol(recorder, UNIFORM_TABLE, low & 255);
  pushSymbol(recorder, UNIFORM_TABLE, high & 255);
  const push = (frequency: number): void => {
    const parts = splitFrequency(frequency);
    pushSymbol(recorder, FREQUENCY_CLASS_TABLE, parts.class);
    for (let bit = parts.mantissaBits - 1; bit >= 0; bit--) {
      pushSymbol(recorder, FAIR_BIT_TABLE, (parts.mantissa >> bit) & 1);
    }
  };
  for (let value = low; value <= high; value++) push(rounded[value & 255]);
  push(rounded[WRAPPED_ESCAPE]);
}

/** Picks the cheapest table for the values of a band. */
function chooseTable(values: Int32Array, predicted: boolean, hint: BandClasses): BandChoice {
  const histogram = new Uint32Array(256);
  let largeCost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= -127 && value <= 127) {
      histogram[value & 255]++;
    } else {
      histogram[WRAPPED_ESCAPE]++;
      largeCost += escapeCost(value);
    }
  }
  const zeros = histogram[0];
  if (zeros === values.length) {
    const classes = { weight: WEIGHT_ALL_ZERO, decay: hint.decay };
    return { values, predicted, classes, table: undefined, rounded: undefined, cost: 0 };
  }
  const parametric = chooseParametric(histogram, hint);
  let best: BandChoice = {
    values,
    predicted,
    classes: parametric.classes,
    table: parametricTable(parametric.classes.weight, parametric.classes.decay),
    rounded: undefined,
    cost: parametric.cost + largeCost,
  };
  const rounded = normaliseCounts(histogram).map((frequency) => {
    const parts = splitFrequency(frequency);
    return joinFrequency(parts.class, parts.mantissa);
  });
  const table = explicitTable(rounded);
  const cost = tableCost(histogram, table) + explicitHeaderCost(rounded) + largeCost;
  if (cost < best.cost) {
    best = {
      values,
      predicted,
      classes: { weight: WEIGHT_EXPLICIT, decay: hint.decay },
      table,
      rounded,
      cost,
    };
  }
  return best;
}

/** Best weight class with the hinted decay first, then the best decay; twice, for they depend on each other a little. */
function chooseParametric(histogram: Uint32Array, hint: BandClasses): { classes: BandClasses; cost: number } {
  let best = { classes: { weight: 1, decay: hint.decay }, cost: Infinity };
  const consider = (weight: number, decay: number): void => {
    const cost = tableCost(histogram, parametricTable(weight, decay)) +
      COST_BY_FREQUENCY[WEIGHT_DIFFERENCE_TABLE.frequencies[(weight - hint.weight) & (WEIGHT_CLASSES - 1)]] +
      COST_BY_FREQUENCY[DECAY_DIFFERENCE_TABLE.frequencies[(decay - hint.decay) & (DECAY_CLASSES - 1)]];
    if (cost < best.cost) best = { classes: { weight, decay }, cost };
  };
  for (let round = 0; round < 2; round++) {
    const decay = best.classes.decay;
    for (let weight = 1; weight < WEIGHT_EXPLICIT; weight++) consider(weight, decay);
    const weight = best.classes.weight;
    for (let other = 0; other < DECAY_CLASSES; other++) consider(weight, other);
  }
  return best;
}

/** Cost of a histogram under a table, in 1/256 bit; symbols without a slot are escaped. */
function tableCost(histogram: Uint32Array, table: FrequencyTable): number {
  let cost = 0;
  for (let symbol = 0; symbol < 256; symbol++) {
    if (histogram[symbol] === 0) continue;
    const frequency = table.frequencies[symbol];
    const each = frequency > 0
      ? COST_BY_FREQUENCY[frequency]
      : COST_BY_FREQUENCY[table.frequencies[WRAPPED_ESCAPE]] + escapeCost((symbol << 24) >> 24);
    cost += histogram[symbol] * each;
  }
  return cost;
}

function escapeCost(value: number): number {
  return varintBytes(zigzag(value)).length * 8 * 256;
}

function explicitHeaderCost(rounded: Uint16Array): number {
  let bits = 16 + 4;
  let pendingZeros = 0;
  let started = false;
  for (let value = -127; value <= 127; value++) {
    const frequency = rounded[value & 255];
    if (frequency === 0) {
      pendingZeros++;
      continue;
    }
    bits += 4 + splitFrequency(frequency).mantissaBits + (started ? 4 * pendingZeros : 0);
    pendingZeros = 0;
    started = true;
  }
  return bits * 256;
}

function medianResiduals(plane: Int32Array, width: number): Int32Array {
  const residuals = new Int32Array(plane.length);
  for (let i = 0, x = 0, y = 0; i < plane.length; i++) {
    // Residuals of values up to 2^30 may reach 2^31 and wrap; adding the prediction wraps them back.
    residuals[i] = plane[i] - medianPrediction(plane, i, x, y, width);
    if (++x === width) {
      x = 0;
      y++;
    }
  }
  return residuals;
}

/** Every part behind its length as a varint. */
function joinWithLengths(parts: readonly Uint8Array[]): Uint8Array {
  const pieces = parts.flatMap((part) => [Uint8Array.from(varintBytes(part.length)), part]);
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
