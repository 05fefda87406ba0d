/** Static tables of the u8 coder: 256 frequencies that sum to 2^12, and the two lookups made from them. */

import { EntropyError } from "../errors.ts";
import { U8_PROBABILITY_BITS, U8_PROBABILITY_TOTAL } from "./rans_params.ts";

/** A table of the u8 coder. Make it with {@linkcode frequencyTable} or {@linkcode frequencyTableFromCounts}. */
export interface FrequencyTable {
  /** 256 frequencies, 0..4096, that sum to 4096. */
  readonly frequencies: Uint16Array;
  /** 256 entries `frequency << 12 | start`; frequency 4096 only where one symbol has it all. */
  readonly encodeEntries: Int32Array;
  /**
   * 4096 entries, one a slot: `frequency << 20 | (slot − start) << 8 | symbol` as u32 bits. Empty when one symbol
   * has it all: then nothing is coded.
   */
  readonly decodeEntries: Int32Array;
  /** The symbol that has frequency 4096, or −1. */
  readonly onlySymbol: number;
}

/**
 * Makes a table from exact frequencies.
 *
 * @param frequencies 256 integers in 0..4096 that sum to 4096.
 * @param firstSymbol The symbol whose interval starts at 0; the others follow in order, modulo 256.
 * @returns The table.
 * @throws {EntropyError} `entropy-bad-table` when the frequencies do not fit.
 */
export function frequencyTable(frequencies: ArrayLike<number>, firstSymbol: number = 0): FrequencyTable {
  if (frequencies.length !== 256) {
    throw badTable(
      `it must have 256 entries (got ${frequencies.length}). Give one entry per byte value`,
    );
  }
  const own = new Uint16Array(256);
  const encodeEntries = new Int32Array(256);
  let onlySymbol = -1;
  let total = 0;
  for (let k = 0; k < 256; k++) {
    const symbol = (firstSymbol + k) & 255;
    const frequency = frequencies[symbol];
    if (!Number.isInteger(frequency) || frequency < 0 || frequency > U8_PROBABILITY_TOTAL) {
      throw badTable(
        `the frequency of symbol ${symbol} must be an integer from 0 to ${U8_PROBABILITY_TOTAL} (got ${frequency}). Normalise it`,
      );
    }
    own[symbol] = frequency;
    encodeEntries[symbol] = (frequency << U8_PROBABILITY_BITS) | (total & (U8_PROBABILITY_TOTAL - 1));
    total += frequency;
    if (frequency === U8_PROBABILITY_TOTAL) onlySymbol = symbol;
  }
  if (total !== U8_PROBABILITY_TOTAL) {
    throw badTable(
      `its frequencies must sum to ${U8_PROBABILITY_TOTAL} (got ${total}). Normalise them`,
    );
  }
  let entries: Int32Array | undefined;
  return {
    frequencies: own,
    encodeEntries,
    get decodeEntries() {
      return entries ??= decodeEntries(own, encodeEntries, onlySymbol);
    },
    onlySymbol,
  };
}

/**
 * Makes a table from counts. Every symbol that occurs gets a frequency of at least 1.
 *
 * @param counts 256 integers in 0..2^32; not all 0.
 * @param firstSymbol See {@linkcode frequencyTable}.
 * @returns The table.
 * @throws {EntropyError} `entropy-bad-table` when there is nothing to normalise.
 */
export function frequencyTableFromCounts(counts: ArrayLike<number>, firstSymbol: number = 0): FrequencyTable {
  return frequencyTable(normaliseCounts(counts), firstSymbol);
}

/**
 * Scales counts to frequencies that sum to 4096: each count's share rounded down, at least 1 where the count is
 * not 0; what is left over (or lent) goes to (or comes from) the symbol with the most, the lowest of equals.
 *
 * @param counts 256 integers in 0..2^32; not all 0.
 * @returns 256 frequencies.
 * @throws {EntropyError} `entropy-bad-table` when all counts are 0.
 */
export function normaliseCounts(counts: ArrayLike<number>): Uint16Array {
  let total = 0;
  for (let symbol = 0; symbol < 256; symbol++) total += counts[symbol];
  if (!(total > 0 && total < 2 ** 40)) {
    throw badTable(`the counts must sum to 1 to ${2 ** 40} (got ${total}). Count at least one symbol`);
  }
  const frequencies = new Uint16Array(256);
  let left = U8_PROBABILITY_TOTAL;
  for (let symbol = 0; symbol < 256; symbol++) {
    if (counts[symbol] === 0) continue;
    // count · 4096 stays below 2^53, so the floored quotient is exact.
    const share = Math.floor((counts[symbol] * U8_PROBABILITY_TOTAL) / total);
    frequencies[symbol] = Math.max(1, share);
    left -= frequencies[symbol];
  }
  while (left !== 0) {
    let largest = 0;
    for (let symbol = 1; symbol < 256; symbol++) {
      if (frequencies[symbol] > frequencies[largest]) largest = symbol;
    }
    // Frequencies of 1 are never taken away: 256 ones sum to far less than 4096.
    const change = left > 0 ? left : -Math.min(-left, (frequencies[largest] + 1) >> 1);
    frequencies[largest] += change;
    left -= change;
  }
  return frequencies;
}

function decodeEntries(frequencies: Uint16Array, encodeEntries: Int32Array, onlySymbol: number): Int32Array {
  if (onlySymbol >= 0) return new Int32Array(0);
  const entries = new Int32Array(U8_PROBABILITY_TOTAL);
  for (let symbol = 0; symbol < 256; symbol++) {
    const frequency = frequencies[symbol];
    const start = encodeEntries[symbol] & (U8_PROBABILITY_TOTAL - 1);
    for (let k = 0; k < frequency; k++) entries[start + k] = (frequency << 20) | (k << 8) | symbol;
  }
  return entries;
}

function badTable(reason: string): EntropyError {
  return new EntropyError("entropy-bad-table", `Cannot use the frequency table: ${reason}.`);
}
