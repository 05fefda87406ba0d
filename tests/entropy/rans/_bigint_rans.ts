/** The oracle: rANS with one unbounded BigInt state, straight from the definition. Slow and obviously right. */

/** A symbol's interval in a total of `2^bits`. */
export interface Interval {
  readonly start: number;
  readonly frequency: number;
}

/** Pushes intervals last to first onto `state`. */
export function bigRansEncode(intervals: readonly Interval[], bits: number, state: bigint): bigint {
  for (const { start, frequency } of intervals.toReversed()) {
    const f = BigInt(frequency);
    state = ((state / f) << BigInt(bits)) + (state % f) + BigInt(start);
  }
  return state;
}

/**
 * The interleaved coder of `rans_u8_encode.ts`, written naively: four BigInt states, words moved out while the state
 * would pass 2^31.
 */
export function naiveInterleavedEncode(symbols: Uint8Array, intervals: readonly Interval[]): Uint8Array {
  const states = [1n << 15n, 1n << 15n, 1n << 15n, 1n << 15n];
  const words: number[] = [];
  for (let i = symbols.length - 1; i >= 0; i--) {
    const interval = intervals[symbols[i]];
    let x = states[i % 4];
    if (bigRansEncode([interval], 12, x) >= 1n << 31n) {
      words.unshift(Number(x & 0xffffn));
      x >>= 16n;
    }
    states[i % 4] = bigRansEncode([interval], 12, x);
  }
  const bytes: number[] = [];
  for (const state of states) for (let k = 0n; k < 4n; k++) bytes.push(Number((state >> (8n * k)) & 255n));
  for (const word of words) bytes.push(word & 255, word >> 8);
  return Uint8Array.from(bytes);
}
