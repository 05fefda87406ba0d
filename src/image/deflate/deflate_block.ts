/** Codes and headers of deflate blocks (RFC 1951, section 3.2): what both forms of the kernel leave to TypeScript. */

import type { DeflateKernel } from "./deflate_kernel.ts";
import { DEFLATE_ADDRESSES as AT, DEFLATE_LIMITS as LIMITS, DISTANCES } from "./deflate_memory.ts";
import {
  distanceExtraBits,
  END_OF_BLOCK,
  LENGTH_EXTRA,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOLS,
  LITERALS_AND_LENGTHS,
} from "./deflate_symbols.ts";
import { codeLengths, codeWords } from "./huffman.ts";

const STORED = 0, FIXED = 1, DYNAMIC = 2;
const MAX_CODE_BITS = 15, MAX_LENGTH_CODE_BITS = 7;
/** The order in which the lengths of the code of lengths are sent. */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Extra bits of the symbols that repeat a length, and the least that they stand for. */
const REPEATS: Readonly<Record<number, readonly [extraBits: number, least: number]>> = {
  16: [2, 3],
  17: [3, 3],
  18: [7, 11],
};
/** Assumed bits of a symbol that the block before did not use. */
const UNUSED_BITS = 12;
const FIXED_LITERALS = Uint8Array.from(
  { length: 288 },
  (_, symbol) => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
);
const FIXED_DISTANCES = new Uint8Array(DISTANCES).fill(5);

/** A symbol of the code of lengths, with what its extra bits hold. */
type LengthToken = readonly [symbol: number, extra: number];

/** The codes of a block. */
interface BlockCodes {
  readonly literals: Uint8Array;
  readonly distances: Uint8Array;
}

/** Writes blocks from the tokens in a kernel's memory. */
export class DeflateBlocks {
  readonly #kernel: DeflateKernel;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;

  /** @param kernel Its memory may not grow from now on. */
  constructor(kernel: DeflateKernel) {
    this.#kernel = kernel;
    this.#bytes = new Uint8Array(kernel.memory);
    this.#words = new Uint32Array(kernel.memory, 0, kernel.memory.byteLength >> 2);
    this.#clearCounts();
    this.#assumeCosts();
  }

  /**
   * Writes the block that the tokens make, and estimates the costs of the next one by it.
   *
   * @param isLast Whether the stream ends with it.
   * @param byteLength Bytes of input that the tokens stand for.
   * @param end Address behind them.
   */
  write(isLast: boolean, byteLength: number, end: number): void {
    const counts = this.#literalCounts();
    const distanceCounts = this.#words.subarray(AT.distanceCounts >> 2, (AT.distanceCounts >> 2) + DISTANCES);
    const own = { literals: new Uint8Array(LITERALS_AND_LENGTHS), distances: new Uint8Array(DISTANCES) };
    codeLengths(counts, MAX_CODE_BITS, own.literals);
    codeLengths(distanceCounts, MAX_CODE_BITS, own.distances);
    const header = new CodeHeader(own);
    const bitsOf = ({ literals, distances }: BlockCodes) =>
      weighted(counts, literals) + weighted(distanceCounts, distances);
    const dynamicBits = header.bits + bitsOf(own);
    const fixedBits = bitsOf({ literals: FIXED_LITERALS, distances: FIXED_DISTANCES });
    const extraBits = this.#extraBits();
    // The bytes of a longer block have left the window.
    const storedBits = byteLength <= LIMITS.windowBytes ? 8 * byteLength + 32 + 7 : Infinity;
    if (storedBits < Math.min(dynamicBits, fixedBits) + extraBits) {
      this.#put((STORED << 1) + Number(isLast), 3);
      this.#store(end - byteLength, byteLength);
    } else if (fixedBits <= dynamicBits) {
      this.#put((FIXED << 1) + Number(isLast), 3);
      this.#writeTokens({ literals: FIXED_LITERALS, distances: FIXED_DISTANCES });
    } else {
      this.#put((DYNAMIC << 1) + Number(isLast), 3);
      header.write((value, count) => this.#put(value, count));
      this.#writeTokens(own);
    }
    this.#estimateCosts(own);
    this.#clearCounts();
  }

  /** Fills the last byte with zeros. */
  align(): void {
    const bitCount = this.#words[AT.bitCount >> 2];
    if (bitCount > 0) this.#put(0, 8 - bitCount);
  }

  /** Takes the finished bytes out of the memory. */
  take(): Uint8Array<ArrayBuffer> {
    const out = AT.out >> 2;
    const bytes = this.#bytes.slice(AT.output, this.#words[out]);
    this.#words[out] = AT.output;
    return bytes;
  }

  /** Appends at most 16 bits, the lowest first. */
  #put(value: number, count: number): void {
    const words = this.#words;
    let out = words[AT.out >> 2], bits = words[AT.bits >> 2], bitCount = words[AT.bitCount >> 2];
    bits |= value << bitCount;
    for (bitCount += count; bitCount >= 8; bitCount -= 8, bits >>>= 8) this.#bytes[out++] = bits;
    words[AT.out >> 2] = out;
    words[AT.bits >> 2] = bits;
    words[AT.bitCount >> 2] = bitCount;
  }

  #store(from: number, byteLength: number): void {
    this.align();
    this.#put(byteLength, 16);
    this.#put(~byteLength & 0xffff, 16);
    const out = AT.out >> 2;
    this.#bytes.copyWithin(this.#words[out], from, from + byteLength);
    this.#words[out] += byteLength;
  }

  #writeTokens({ literals, distances }: BlockCodes): void {
    const words = codeWords(literals), distanceWords = codeWords(distances);
    const literalCodes = AT.literalCodes >> 2, lengthCodes = AT.lengthCodes >> 2;
    for (let i = 0; i < 256; i++) this.#words[literalCodes + i] = words[i] | literals[i] << 24;
    for (let length = LIMITS.minMatch; length <= LIMITS.maxMatch; length++) {
      const symbol = LENGTH_SYMBOLS[length], bits = literals[symbol];
      this.#words[lengthCodes + length] = words[symbol] | LENGTH_EXTRA[length] << bits |
        bits + LENGTH_EXTRA_BITS[length] << 24;
    }
    for (let i = 0; i < DISTANCES; i++) {
      this.#words[(AT.distanceCodes >> 2) + i] = distanceWords[i] | distances[i] << 24;
    }
    this.#kernel.writeTokens();
    this.#put(words[END_OF_BLOCK], literals[END_OF_BLOCK]);
  }

  /** How often the block uses each symbol of literals and lengths. */
  #literalCounts(): Uint32Array {
    const counts = new Uint32Array(LITERALS_AND_LENGTHS);
    counts.set(this.#words.subarray(AT.literalCounts >> 2, (AT.literalCounts >> 2) + 256));
    counts[END_OF_BLOCK] = 1;
    for (let length = LIMITS.minMatch; length <= LIMITS.maxMatch; length++) {
      counts[LENGTH_SYMBOLS[length]] += this.#words[(AT.lengthCounts >> 2) + length];
    }
    return counts;
  }

  #extraBits(): number {
    let bits = 0;
    for (let length = LIMITS.minMatch; length <= LIMITS.maxMatch; length++) {
      bits += LENGTH_EXTRA_BITS[length] * this.#words[(AT.lengthCounts >> 2) + length];
    }
    for (let i = 0; i < DISTANCES; i++) {
      bits += distanceExtraBits(i) * this.#words[(AT.distanceCounts >> 2) + i];
    }
    return bits;
  }

  #clearCounts(): void {
    this.#words.fill(0, AT.literalCounts >> 2, AT.literalCosts >> 2);
    this.#words[AT.tokenCount >> 2] = 0;
  }

  /** Costs for the first block: small differences are frequent. */
  #assumeCosts(): void {
    const literals = new Uint8Array(LITERALS_AND_LENGTHS), distances = new Uint8Array(DISTANCES).fill(5);
    for (let i = 0; i < 256; i++) {
      literals[i] = Math.min(8, 4 + Math.ceil(Math.log2(1 + Math.min(i, 256 - i))));
    }
    literals.fill(6, 257);
    this.#estimateCosts({ literals, distances });
  }

  #estimateCosts({ literals, distances }: BlockCodes): void {
    const bitsOf = (bits: number) => bits === 0 ? UNUSED_BITS : bits;
    for (let i = 0; i < 256; i++) this.#bytes[AT.literalCosts + i] = bitsOf(literals[i]);
    for (let length = LIMITS.minMatch; length <= LIMITS.maxMatch; length++) {
      this.#bytes[AT.lengthCosts + length] = bitsOf(literals[LENGTH_SYMBOLS[length]]) +
        LENGTH_EXTRA_BITS[length];
    }
    for (let i = 0; i < DISTANCES; i++) {
      this.#bytes[AT.distanceCosts + i] = bitsOf(distances[i]) + distanceExtraBits(i);
    }
  }
}

/** The codes of a block as its header sends them. */
class CodeHeader {
  /** Bits that it takes. */
  readonly bits: number;
  readonly #tokens: readonly LengthToken[];
  readonly #lengths = new Uint8Array(LENGTH_CODE_ORDER.length);
  readonly #literalCount: number;
  readonly #distanceCount: number;
  readonly #orderCount: number;

  constructor({ literals, distances }: BlockCodes) {
    this.#literalCount = usedCount(literals, 257);
    this.#distanceCount = usedCount(distances, 1);
    this.#tokens = lengthTokens([
      ...literals.subarray(0, this.#literalCount),
      ...distances.subarray(0, this.#distanceCount),
    ]);
    const counts = new Uint32Array(this.#lengths.length);
    for (const [symbol] of this.#tokens) counts[symbol]++;
    codeLengths(counts, MAX_LENGTH_CODE_BITS, this.#lengths);
    this.#orderCount = usedCount(Uint8Array.from(LENGTH_CODE_ORDER, (symbol) => this.#lengths[symbol]), 4);
    this.bits = 14 + 3 * this.#orderCount +
      this.#tokens.reduce((sum, [symbol]) => sum + this.#lengths[symbol] + (REPEATS[symbol]?.[0] ?? 0), 0);
  }

  write(put: (value: number, count: number) => void): void {
    put(this.#literalCount - 257, 5);
    put(this.#distanceCount - 1, 5);
    put(this.#orderCount - 4, 4);
    for (const symbol of LENGTH_CODE_ORDER.slice(0, this.#orderCount)) put(this.#lengths[symbol], 3);
    const words = codeWords(this.#lengths);
    for (const [symbol, extra] of this.#tokens) {
      put(words[symbol], this.#lengths[symbol]);
      if (symbol in REPEATS) put(extra, REPEATS[symbol][0]);
    }
  }
}

function weighted(counts: Uint32Array, bits: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] * bits[i];
  return sum;
}

/** How many lengths are sent: zeros at the end are not. */
function usedCount(lengths: Uint8Array, least: number): number {
  let count = lengths.length;
  while (count > least && lengths[count - 1] === 0) count--;
  return count;
}

/** Lengths, with repeated ones in fewer symbols. */
function lengthTokens(lengths: readonly number[]): LengthToken[] {
  const tokens: LengthToken[] = [];
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i];
    let run = 1;
    while (i + run < lengths.length && lengths[i + run] === length) run++;
    i += run;
    if (length > 0) {
      tokens.push([length, 0]);
      run--;
    }
    while (run >= 3) {
      const symbol = length > 0 ? 16 : run > 10 ? 18 : 17, [extraBits, least] = REPEATS[symbol];
      const most = least + 2 ** extraBits - 1, part = Math.min(run, most);
      tokens.push([symbol, part - least]);
      run -= part;
    }
    for (; run > 0; run--) tokens.push([length, 0]);
  }
  return tokens;
}
