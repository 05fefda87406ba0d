/** Interleaved rANS decoder over bytes with one static table: the mirror of `rans_u8_encode.ts`. */

import { EntropyError } from "../errors.ts";
import type { FrequencyTable } from "./frequency_table.ts";
import { LANE_HEADER_BYTES, LANE_LOWER_BOUND } from "./rans_params.ts";

/** Zero words behind the stream's, so that a round may pull before it looks. */
const PADDING_WORDS = 4;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Decodes bytes with one table.
 *
 * @param bytes A whole stream of `ransEncodeU8`.
 * @param count Number of symbols to decode; the caller vouches for it (it is what gets allocated).
 * @param table The table the stream was made with.
 * @returns The symbols.
 * @throws {EntropyError} `entropy-truncated` when words are missing, `entropy-corrupt` when the end state is wrong.
 */
export function ransDecodeU8(bytes: Uint8Array, count: number, table: FrequencyTable): Uint8Array {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 32) {
    throw new EntropyError(
      "entropy-range",
      `Cannot decode because the count is out of range: value is ${count}, limit 0..${
        2 ** 32
      }; pass the true count`,
    );
  }
  if (count === 0) {
    if (bytes.length !== 0) throw corrupt("bytes follow an empty message");
    return new Uint8Array(0);
  }
  const { states, words } = splitStream(bytes);
  const symbols = new Uint8Array(count);
  let used = 0;
  if (table.onlySymbol >= 0) symbols.fill(table.onlySymbol);
  else used = decodeRun(symbols, table.decodeEntries, words, states);
  const wordCount = (bytes.length - LANE_HEADER_BYTES) / 2;
  if (used > wordCount) throw truncated(`it needs ${used} words`, wordCount);
  if (used !== wordCount) throw corrupt(`${wordCount - used} words are left over`);
  for (let lane = 0; lane < states.length; lane++) {
    if (states[lane] !== LANE_LOWER_BOUND) throw corrupt(`state ${lane} ends at ${states[lane]}`);
  }
  return symbols;
}

/**
 * Runs the four states over all symbols; gives the number of words pulled. Pulling past the end reads the four
 * zero words of padding and stops at the next check, so a short stream costs at most one round more.
 */
function decodeRun(symbols: Uint8Array, entries: Int32Array, words: Uint16Array, states: Int32Array): number {
  const lastSafe = words.length - PADDING_WORDS;
  let next = 0;
  let a = states[0], b = states[1], c = states[2], d = states[3];
  const whole = symbols.length & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    if (next > lastSafe) return next;
    // x' = f · (x div 4096) + x mod 4096 − start; below 2^15, pull a word. `under` is all ones or all zeros.
    let entry = entries[a & 4095];
    symbols[i] = entry;
    a = (Math.imul(entry >>> 20, a >>> 12) + ((entry >>> 8) & 4095)) | 0;
    let under = (a - 0x8000) >> 31;
    a = (a << (under & 16)) | (words[next] & under);
    next = (next - under) | 0;
    entry = entries[b & 4095];
    symbols[i + 1] = entry;
    b = (Math.imul(entry >>> 20, b >>> 12) + ((entry >>> 8) & 4095)) | 0;
    under = (b - 0x8000) >> 31;
    b = (b << (under & 16)) | (words[next] & under);
    next = (next - under) | 0;
    entry = entries[c & 4095];
    symbols[i + 2] = entry;
    c = (Math.imul(entry >>> 20, c >>> 12) + ((entry >>> 8) & 4095)) | 0;
    under = (c - 0x8000) >> 31;
    c = (c << (under & 16)) | (words[next] & under);
    next = (next - under) | 0;
    entry = entries[d & 4095];
    symbols[i + 3] = entry;
    d = (Math.imul(entry >>> 20, d >>> 12) + ((entry >>> 8) & 4095)) | 0;
    under = (d - 0x8000) >> 31;
    d = (d << (under & 16)) | (words[next] & under);
    next = (next - under) | 0;
  }
  if (next > lastSafe) return next;
  for (; i < symbols.length; i++) {
    const lane = i & 3;
    let x = lane === 0 ? a : lane === 1 ? b : c;
    const entry = entries[x & 4095];
    symbols[i] = entry;
    x = (Math.imul(entry >>> 20, x >>> 12) + ((entry >>> 8) & 4095)) | 0;
    const under = (x - 0x8000) >> 31;
    x = (x << (under & 16)) | (words[next] & under);
    next = (next - under) | 0;
    if (lane === 0) a = x;
    else if (lane === 1) b = x;
    else c = x;
  }
  states[0] = a;
  states[1] = b;
  states[2] = c;
  states[3] = d;
  return next;
}

/** Reads the states, refuses those that no encoder writes, and copies the words with four words of padding. */
function splitStream(bytes: Uint8Array): { states: Int32Array; words: Uint16Array } {
  if (bytes.length < LANE_HEADER_BYTES) {
    throw truncated(`its length is ${bytes.length} bytes`, LANE_HEADER_BYTES);
  }
  if ((bytes.length & 1) !== 0) {
    throw truncated(`its length of ${bytes.length} bytes is odd`, bytes.length + 1);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const states = new Int32Array(4);
  for (let lane = 0; lane < 4; lane++) {
    states[lane] = view.getInt32(lane * 4, true);
    if (states[lane] < LANE_LOWER_BOUND) throw corrupt(`state ${lane} starts at ${states[lane]}`);
  }
  const wordBytes = new Uint8Array(bytes.length - LANE_HEADER_BYTES + 2 * PADDING_WORDS);
  wordBytes.set(bytes.subarray(LANE_HEADER_BYTES));
  const words = new Uint16Array(wordBytes.buffer);
  if (!IS_LITTLE_ENDIAN) {
    for (let i = 0; i < words.length; i++) words[i] = (words[i] >> 8) | (words[i] << 8);
  }
  return { states, words };
}

function corrupt(what: string): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    `Cannot decode the stream because ${what}, limit ${LANE_LOWER_BOUND} for states and 0 for words; ` +
      "the bytes, the count or the table differ from the encoder's",
  );
}

function truncated(what: string, limit: number): EntropyError {
  return new EntropyError(
    "entropy-truncated",
    `Cannot decode the stream because ${what}, limit ${limit}; fetch the whole stream`,
  );
}
