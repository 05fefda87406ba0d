/**
 * Lengths of a Huffman code that has no word longer than `limit`.
 *
 * A code of fewer than two symbols gets a second symbol of one bit, as some readers refuse an incomplete code.
 *
 * @param counts How often each symbol occurs; below 2^23 together.
 * @param limit The longest word, in bits.
 * @param lengths Receives the bits of each symbol; 0 for symbols that do not occur.
 */
export function codeLengths(counts: ArrayLike<number>, limit: number, lengths: Uint8Array): void {
  lengths.fill(0);
  const keys = new Uint32Array(lengths.length);
  let n = 0;
  // Counts and symbols in one number, so that numbers are sorted; counts stay below 2^23.
  for (let i = 0; i < lengths.length; i++) if (counts[i] > 0) keys[n++] = counts[i] * 512 + i;
  for (let i = 0; n < 2; i++) if (!(counts[i] > 0)) keys[n++] = 512 + i;
  const sorted = keys.subarray(0, n).sort();
  const weights = new Uint32Array(2 * n - 1), parents = new Uint16Array(2 * n - 1);
  for (let i = 0; i < n; i++) weights[i] = sorted[i] >>> 9;
  // Leaves are sorted, and so are the nodes as they are made: the two smallest are at the front of one or the other.
  for (let node = n, leaf = 0, inner = n; node < 2 * n - 1; node++) {
    for (let child = 0; child < 2; child++) {
      const least = leaf < n && (inner >= node || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
      weights[node] += weights[least];
      parents[least] = node;
    }
  }
  const depths = new Uint16Array(2 * n - 1), words = new Uint32Array(limit + 1);
  for (let i = 2 * n - 3; i >= 0; i--) {
    depths[i] = depths[parents[i]] + 1;
    if (i < n) words[Math.min(depths[i], limit)]++;
  }
  makeComplete(words, limit);
  // The rarest symbols have the longest words.
  for (let i = 0, bits = limit; i < n; i++) {
    while (words[bits] === 0) bits--;
    words[bits]--;
    lengths[sorted[i] & 511] = bits;
  }
}

/** Lengthens words until the code whose longest words were cut is one again. */
function makeComplete(words: Uint32Array, limit: number): void {
  let excess = -(2 ** limit);
  for (let bits = 1; bits <= limit; bits++) excess += words[bits] * 2 ** (limit - bits);
  while (excess > 0) {
    let bits = limit - 1;
    while (words[bits] === 0) bits--;
    // A word becomes two longer ones; the second takes the place of one of the longest words.
    words[bits]--;
    words[bits + 1] += 2;
    words[limit]--;
    excess--;
  }
}

/**
 * The words of a canonical code, their first bit lowest, as deflate sends them.
 *
 * @param lengths Bits of each symbol.
 * @returns The words.
 */
export function codeWords(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(17);
  for (const bits of lengths) if (bits > 0) next[bits + 1]++;
  for (let bits = 1; bits < 17; bits++) next[bits] = (next[bits] + next[bits - 1]) << 1;
  const words = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const bits = lengths[symbol];
    if (bits > 0) words[symbol] = reversed(next[bits]++, bits);
  }
  return words;
}

function reversed(word: number, bits: number): number {
  let result = 0;
  for (let i = 0; i < bits; i++) result |= (word >> i & 1) << (bits - 1 - i);
  return result;
}
