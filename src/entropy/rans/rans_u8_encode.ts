/**
 * Interleaved rANS encoder over bytes with one static table [1, 2].
 *
 * Three surprises:
 * 1. rANS is a stack: the encoder walks the symbols from the last to the first, and the words come out backwards,
 *    so they are written from the end of a buffer towards its start.
 * 2. Four independent states take turns (symbol i belongs to state i mod 4) and share one word stream. The decoder
 *    pulls words in exactly the opposite order, so nothing marks which word belongs to which state.
 * 3. All states start at 2^15; the decoder must end there. A stream that was changed almost never does.
 *
 * Stream: four u32 states, then 16-bit words, all little-endian. No symbols: no bytes.
 *
 * [1] J. Duda, Asymmetric numeral systems, arXiv:1311.2540 (2013). [2] F. Giesen, Interleaved entropy coders,
 * arXiv:1402.3392 (2014). Written from the papers; the 31-bit states and the branch-free renormalisation are ours.
 */

import { EntropyError } from "../errors.ts";
import type { FrequencyTable } from "./frequency_table.ts";
import { LANE_HEADER_BYTES, LANE_LOWER_BOUND } from "./rans_params.ts";

/**
 * Encodes bytes with one table.
 *
 * @param symbols Bytes, each with a frequency above 0 in the table.
 * @param table The table.
 * @returns The stream; `symbols.length` and the table are needed to read it.
 * @throws {EntropyError} `entropy-bad-table` when a symbol has frequency 0.
 *
 * @example Round trip
 * ```ts
 * import { frequencyTableFromCounts, ransDecodeU8, ransEncodeU8 } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const symbols = Uint8Array.of(1, 1, 2, 1);
 * const counts = new Uint32Array(256);
 * for (const symbol of symbols) counts[symbol]++;
 * const table = frequencyTableFromCounts(counts);
 * const bytes = ransEncodeU8(symbols, table);
 * assertEquals(ransDecodeU8(bytes, 4, table), symbols);
 * ```
 */
export function ransEncodeU8(symbols: Uint8Array, table: FrequencyTable): Uint8Array {
  if (symbols.length === 0) return new Uint8Array(0);
  checkCodable(symbols, table);
  // At most one word a symbol; the writes below run one word ahead of the last word kept.
  const words = new Uint16Array(symbols.length + 1);
  const states = new Int32Array(4).fill(LANE_LOWER_BOUND);
  const first = table.onlySymbol >= 0 ? words.length : encodeRun(symbols, table.encodeEntries, words, states);
  return joinStream(states, words.subarray(first));
}

/** Runs the four states over all symbols; gives the index of the first word kept. */
function encodeRun(symbols: Uint8Array, entries: Int32Array, words: Uint16Array, states: Int32Array): number {
  // `next` is where the next word would go: it is written always and kept by moving `next` on, without a branch.
  let next = words.length - 1;
  let a = states[0], b = states[1], c = states[2], d = states[3];
  let i = symbols.length;
  for (; (i & 3) !== 0; i--) {
    const lane = (i - 1) & 3;
    const entry = entries[symbols[i - 1]];
    const frequency = entry >>> 12;
    let x = lane === 0 ? a : lane === 1 ? b : c;
    words[next] = x;
    const over = (frequency - 1 - (x >>> 19)) >>> 31;
    next = (next - over) | 0;
    x >>>= over << 4;
    x = (x + Math.imul((x / frequency) | 0, 4096 - frequency) + (entry & 4095)) | 0;
    if (lane === 0) a = x;
    else if (lane === 1) b = x;
    else c = x;
  }
  // One step, four times: a word leaves when x ≥ frequency · 2^19 (so that the new state stays below 2^31), then
  // x' = (x div f) · 4096 + x mod f + start, written as x + (x div f) · (4096 − f) + start.
  for (i -= 4; i >= 0; i -= 4) {
    let entry = entries[symbols[i + 3]], frequency = entry >>> 12;
    words[next] = d;
    let over = (frequency - 1 - (d >>> 19)) >>> 31;
    next = (next - over) | 0;
    d >>>= over << 4;
    d = (d + Math.imul((d / frequency) | 0, 4096 - frequency) + (entry & 4095)) | 0;
    entry = entries[symbols[i + 2]];
    frequency = entry >>> 12;
    words[next] = c;
    over = (frequency - 1 - (c >>> 19)) >>> 31;
    next = (next - over) | 0;
    c >>>= over << 4;
    c = (c + Math.imul((c / frequency) | 0, 4096 - frequency) + (entry & 4095)) | 0;
    entry = entries[symbols[i + 1]];
    frequency = entry >>> 12;
    words[next] = b;
    over = (frequency - 1 - (b >>> 19)) >>> 31;
    next = (next - over) | 0;
    b >>>= over << 4;
    b = (b + Math.imul((b / frequency) | 0, 4096 - frequency) + (entry & 4095)) | 0;
    entry = entries[symbols[i]];
    frequency = entry >>> 12;
    words[next] = a;
    over = (frequency - 1 - (a >>> 19)) >>> 31;
    next = (next - over) | 0;
    a >>>= over << 4;
    a = (a + Math.imul((a / frequency) | 0, 4096 - frequency) + (entry & 4095)) | 0;
  }
  states[0] = a;
  states[1] = b;
  states[2] = c;
  states[3] = d;
  return next + 1;
}

function joinStream(states: Int32Array, words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(LANE_HEADER_BYTES + words.length * 2);
  const view = new DataView(bytes.buffer);
  for (let lane = 0; lane < states.length; lane++) view.setUint32(lane * 4, states[lane], true);
  for (let i = 0; i < words.length; i++) {
    bytes[LANE_HEADER_BYTES + 2 * i] = words[i];
    bytes[LANE_HEADER_BYTES + 2 * i + 1] = words[i] >>> 8;
  }
  return bytes;
}

function checkCodable(symbols: Uint8Array, table: FrequencyTable): void {
  const seen = new Uint8Array(256);
  for (let i = 0; i < symbols.length; i++) seen[symbols[i]] = 1;
  for (let symbol = 0; symbol < 256; symbol++) {
    if (seen[symbol] === 1 && table.frequencies[symbol] === 0) {
      throw new EntropyError(
        "entropy-bad-table",
        `Cannot encode symbol ${symbol} because its frequency is too low: value is 0, limit 1; ` +
          "make the table from counts of these symbols",
      );
    }
  }
}
