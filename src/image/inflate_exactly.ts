/**
 * Inflates a zlib stream (RFC 1950, RFC 1951) that other bytes follow, which the platform's own `DecompressionStream` refuses.
 *
 * @module
 */

/** Lengths' and distances' smallest values and further bits, by symbol (RFC 1951, clause 3.2.5). */
const LENGTH_BASE = [
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  13,
  15,
  17,
  19,
  23,
  27,
  31,
  35,
  43,
  51,
  59,
  67,
  83,
  99,
  115,
  131,
]
  .concat([163, 195, 227, 258]);
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = Array.from(
  { length: 30 },
  (_, i) => i < 2 ? i + 1 : 1 + (2 + (i & 1)) * 2 ** ((i >> 1) - 1),
);
const DISTANCE_BITS = Array.from({ length: 30 }, (_, i) => i < 2 ? 0 : (i >> 1) - 1);
/** Order in which a block gives the lengths of the code for code lengths. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const ZLIB_HEADER_BYTES = 2;
const END_OF_BLOCK = 256;
const ADLER_MODULUS = 65521;

/** Thrown where a stream is not valid; stays inside this file. */
class InvalidStream extends Error {}

/**
 * Inflates exactly `byteLength` bytes and no more, whatever follows them.
 *
 * @returns The bytes; `undefined` if the stream is corrupt or gives fewer.
 */
export function inflateExactly(stream: Uint8Array, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  const isZlib = (stream[0] & 15) === 8 && ((stream[0] << 8) | stream[1]) % 31 === 0 &&
    (stream[1] & 32) === 0;
  if (!isZlib) return undefined;
  try {
    return new Inflater(stream, byteLength).run();
  } catch (error) {
    if (error instanceof InvalidStream) return undefined;
    throw error;
  }
}

/** A prefix code: by the next bits of the stream, symbol · 16 + length; 0 where no code begins so. */
interface PrefixCode {
  readonly table: Uint16Array;
  readonly longest: number;
}

class Inflater {
  readonly #stream: Uint8Array;
  readonly #out: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #at = ZLIB_HEADER_BYTES;
  /** Whether the stream goes on after the bytes that were asked for: its checksum then covers more. */
  #hasExcess = false;
  /** Bits taken from the stream and not used yet, lowest first. */
  #bits = 0;
  #bitCount = 0;

  constructor(stream: Uint8Array, byteLength: number) {
    this.#stream = stream;
    this.#out = new Uint8Array(byteLength);
  }

  run(): Uint8Array<ArrayBuffer> | undefined {
    for (let isLast = false; !isLast;) {
      isLast = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 0) this.#stored();
      else if (type === 1) this.#block(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#dynamic();
      else throw new InvalidStream();
      if (this.#filled === this.#out.length && !isLast) return this.#out; // more than is asked for may follow
    }
    if (this.#filled < this.#out.length) return undefined;
    return this.#isChecksumRight() ? this.#out : undefined;
  }

  #stored(): void {
    this.#alignToByte();
    const length = this.#take(16), inverse = this.#take(16);
    if ((length ^ inverse) !== 0xffff || this.#at + length > this.#stream.length) throw new InvalidStream();
    const part = this.#stream.subarray(
      this.#at,
      this.#at + Math.min(length, this.#out.length - this.#filled),
    );
    this.#out.set(part, this.#filled);
    this.#filled += part.length;
    this.#at += length;
    if (part.length < length) this.#hasExcess = true;
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257, distances = this.#take(5) + 1, count = this.#take(4) + 4;
    const order = new Uint8Array(19);
    for (let i = 0; i < count; i++) order[CODE_LENGTH_ORDER[i]] = this.#take(3);
    const code = prefixCode(order), lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new InvalidStream();
      const value = symbol === 16 ? lengths[i - 1] : 0;
      const repeat = symbol === 16
        ? 3 + this.#take(2)
        : symbol === 17
        ? 3 + this.#take(3)
        : 11 + this.#take(7);
      if (i + repeat > lengths.length) throw new InvalidStream();
      lengths.fill(value, i, i += repeat);
    }
    this.#block(prefixCode(lengths.subarray(0, literals)), prefixCode(lengths.subarray(literals)));
  }

  #block(literals: PrefixCode, distances: PrefixCode): void {
    const out = this.#out;
    while (this.#filled < out.length) {
      const symbol = this.#symbol(literals);
      if (symbol < END_OF_BLOCK) {
        out[this.#filled++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) return;
      const lengthCode = symbol - END_OF_BLOCK - 1;
      if (lengthCode >= LENGTH_BASE.length) throw new InvalidStream();
      const length = LENGTH_BASE[lengthCode] + this.#take(LENGTH_BITS[lengthCode]);
      const distanceCode = this.#symbol(distances);
      if (distanceCode >= DISTANCE_BASE.length) throw new InvalidStream();
      const distance = DISTANCE_BASE[distanceCode] + this.#take(DISTANCE_BITS[distanceCode]);
      if (distance > this.#filled) throw new InvalidStream();
      if (this.#filled + length > out.length) this.#hasExcess = true;
      const end = Math.min(this.#filled + length, out.length);
      for (; this.#filled < end; this.#filled++) {
        out[this.#filled] = out[this.#filled - distance];
      }
    }
    // All is there; a stream that ends here says so next, and its checksum follows.
    if (this.#symbol(literals) !== END_OF_BLOCK) this.#hasExcess = true;
  }

  #isChecksumRight(): boolean {
    if (this.#hasExcess) return true;
    this.#alignToByte();
    let low = 1, high = 0;
    for (const byte of this.#out) {
      low = (low + byte) % ADLER_MODULUS;
      high = (high + low) % ADLER_MODULUS;
    }
    const bytes = [this.#take(8), this.#take(8), this.#take(8), this.#take(8)];
    return ((bytes[0] << 8) | bytes[1]) === high && ((bytes[2] << 8) | bytes[3]) === low;
  }

  #symbol({ table, longest }: PrefixCode): number {
    this.#fill(longest);
    const entry = table[this.#bits & ((1 << longest) - 1)], length = entry & 15;
    if (length === 0 || length > this.#bitCount) throw new InvalidStream();
    this.#bits >>>= length;
    this.#bitCount -= length;
    return entry >> 4;
  }

  /** The next number of at most 16 bits. */
  #take(count: number): number {
    this.#fill(count);
    if (count > this.#bitCount) throw new InvalidStream();
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  /** Takes bytes until there are `count` bits, or the stream ends. */
  #fill(count: number): void {
    while (this.#bitCount < count && this.#at < this.#stream.length) {
      this.#bits |= this.#stream[this.#at++] << this.#bitCount;
      this.#bitCount += 8;
    }
  }

  /** Drops the rest of a byte, and gives whole bytes back. */
  #alignToByte(): void {
    this.#at -= this.#bitCount >> 3;
    this.#bits = this.#bitCount = 0;
  }
}

/** Makes a prefix code of its codes' lengths by symbol, at most 15. Throws where they are more than there can be. */
function prefixCode(lengths: Uint8Array): PrefixCode {
  const longest = Math.max(1, ...lengths), table = new Uint16Array(1 << longest);
  let code = 0;
  for (let length = 1; length <= longest; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (code >= 1 << length) throw new InvalidStream();
      // Codes are written highest bit first into a stream that is read lowest bit first.
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let entry = reversed; entry < table.length; entry += 1 << length) {
        table[entry] = symbol * 16 + length;
      }
      code++;
    }
    code <<= 1;
  }
  return { table, longest };
}

const FIXED_LITERALS = prefixCode(
  Uint8Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8),
);
const FIXED_DISTANCES = prefixCode(new Uint8Array(32).fill(5));
