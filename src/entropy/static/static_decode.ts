/** Static section decoder: the mirror of `static_encode.ts`. */

import type { BandShape } from "../bands.ts";
import type { Decoder } from "../coder.ts";
import { EntropyError } from "../errors.ts";
import {
  explicitTable,
  FREQUENCY_CLASS_TABLE,
  joinFrequency,
  mantissaBitsOf,
} from "../rans/explicit_table.ts";
import type { FrequencyTable } from "../rans/frequency_table.ts";
import { medianPrediction } from "./median_prediction.ts";
import { U8_PROBABILITY_BITS } from "../rans/rans_params.ts";
import { DecisionReader } from "../rans/rans_single_decode.ts";
import { ransDecodeU8 } from "../rans/rans_u8_decode.ts";
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
import { checkMagnitude } from "../symbols.ts";
import { readVarint, unzigzag } from "../varint.ts";

/** Decodes the sections of one picture in order. */
export class StaticDecoder {
  #predictor: ClassPredictor = new ClassPredictor();

  /**
   * Decodes one section into the packed array.
   *
   * @param bytes The section's bytes.
   * @param coefficients The packed array; only the section's bands are written.
   * @param bands The section's bands.
   * @throws {EntropyError} When the bytes are damaged.
   */
  decodeSection(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void {
    const parts = new PartReader(bytes, mayInterleave(bands));
    const reader = new DecisionReader(parts.next(), U8_PROBABILITY_BITS);
    for (const band of bands) {
      if (band.width * band.height > 0) this.#decodeBand(coefficients, band, reader, parts);
    }
    reader.finish();
    parts.finish();
  }

  #decodeBand(all: Int32Array, band: BandShape, reader: DecisionReader, parts: PartReader): void {
    const { level, orientation, channel } = band;
    const hint = this.#predictor.predict(level, orientation, channel);
    const weight = (hint.weight + pullSymbol(reader, WEIGHT_DIFFERENCE_TABLE)) & (WEIGHT_CLASSES - 1);
    const classes: BandClasses = { weight, decay: hint.decay };
    this.#predictor.remember(level, orientation, channel, classes);
    const values = all.subarray(band.offset, band.offset + band.width * band.height);
    if (weight === WEIGHT_ALL_ZERO) {
      values.fill(0);
      return;
    }
    const predicted = orientation === 0 && pullSymbol(reader, FAIR_BIT_TABLE) === 1;
    let table: FrequencyTable;
    if (weight === WEIGHT_EXPLICIT) {
      table = pullExplicit(reader);
    } else {
      classes.decay = (hint.decay + pullSymbol(reader, DECAY_DIFFERENCE_TABLE)) & (DECAY_CLASSES - 1);
      table = parametricTable(weight, classes.decay);
    }
    decodeValues(values, table, reader, parts);
    if (predicted) addPredictions(values, band.width);
    for (let i = 0; i < values.length; i++) checkMagnitude(values[i]);
  }
}

function decodeValues(
  values: Int32Array,
  table: FrequencyTable,
  reader: DecisionReader,
  parts: PartReader,
): void {
  if (interleaves(values.length, table)) {
    values.set(ransDecodeU8(parts.next(), values.length, table));
  } else {
    const entries = table.decodeEntries;
    const frequencies = table.frequencies;
    for (let i = 0; i < values.length; i++) {
      const slot = reader.peek();
      const entry = entries[slot];
      const symbol = entry & 255;
      reader.advance(slot - ((entry >>> 8) & 4095), frequencies[symbol]);
      values[i] = symbol;
    }
  }
  const nextByte = (): number => pullSymbol(reader, UNIFORM_TABLE);
  for (let i = 0; i < values.length; i++) {
    const symbol = values[i];
    values[i] = symbol === WRAPPED_ESCAPE ? unzigzag(readVarint(nextByte)) : (symbol << 24) >> 24;
  }
}

function pullSymbol(reader: DecisionReader, table: FrequencyTable): number {
  const slot = reader.peek();
  const entry = table.decodeEntries[slot];
  const symbol = entry & 255;
  reader.advance(slot - ((entry >>> 8) & 4095), table.frequencies[symbol]);
  return symbol;
}

function pullExplicit(reader: DecisionReader): FrequencyTable {
  const low = (pullSymbol(reader, UNIFORM_TABLE) << 24) >> 24;
  const high = (pullSymbol(reader, UNIFORM_TABLE) << 24) >> 24;
  if (low === -128 || high < low) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot read a frequency table: its range must lie in −127 to 127 (got ${low} to ${high}). Fetch the section again.`,
    );
  }
  const pull = (): number => {
    const frequencyClass = pullSymbol(reader, FREQUENCY_CLASS_TABLE);
    if (frequencyClass > 13) {
      throw new EntropyError(
        "entropy-corrupt",
        `Cannot read a frequency table: a class must be at most 13 (got ${frequencyClass}). Fetch the section again.`,
      );
    }
    let mantissa = 0;
    for (let bit = mantissaBitsOf(frequencyClass); bit > 0; bit--) {
      mantissa = mantissa * 2 + pullSymbol(reader, FAIR_BIT_TABLE);
    }
    return joinFrequency(frequencyClass, mantissa);
  };
  const rounded = new Uint16Array(256);
  for (let value = low; value <= high; value++) rounded[value & 255] = pull();
  rounded[WRAPPED_ESCAPE] = pull();
  return explicitTable(rounded);
}

function addPredictions(plane: Int32Array, width: number): void {
  for (let i = 0, x = 0, y = 0; i < plane.length; i++) {
    plane[i] = plane[i] + medianPrediction(plane, i, x, y, width);
    if (++x === width) {
      x = 0;
      y++;
    }
  }
}

/** Hands out the length-prefixed parts of a section, or the whole of it as its only part. */
class PartReader {
  #bytes: Uint8Array;
  #next = 0;
  #prefixed: boolean;

  constructor(bytes: Uint8Array, prefixed: boolean) {
    this.#bytes = bytes;
    this.#prefixed = prefixed;
  }

  next(): Uint8Array {
    const bytes = this.#bytes;
    const length = this.#prefixed ? readVarint(() => this.#nextByte()) : bytes.length;
    if (length > bytes.length - this.#next) {
      throw new EntropyError(
        "entropy-truncated",
        `Cannot read a part of the section: it must have ${length} bytes (got ${
          bytes.length - this.#next
        }). ` +
          "Fetch the whole section.",
      );
    }
    const part = bytes.subarray(this.#next, this.#next + length);
    this.#next += length;
    return part;
  }

  finish(): void {
    if (this.#next === this.#bytes.length) return;
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot decode the section: it must end with its last part (got ${
        this.#bytes.length - this.#next
      } more bytes). Fetch the section again.`,
    );
  }

  #nextByte(): number {
    if (this.#next < this.#bytes.length) return this.#bytes[this.#next++];
    throw new EntropyError(
      "entropy-truncated",
      `Cannot read the length of a part: the section must have more than ${this.#bytes.length} bytes ` +
        `(got ${this.#bytes.length}). Fetch the whole section.`,
    );
  }
}

/** The decoding part of `staticCoder`. */
export const staticDecoder: Decoder = { id: 0, name: "static", decode: () => new StaticDecoder() };
