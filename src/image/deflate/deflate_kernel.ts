/** The deflate kernel in TypeScript: the reference, and what runs where there is no WebAssembly SIMD. */

import { DEFLATE_ADDRESSES as AT, DEFLATE_LIMITS as LIMITS } from "./deflate_memory.ts";
import { distanceExtraBits, distanceSymbol } from "./deflate_symbols.ts";
import { FILTER_COUNT, filterRow } from "../png_filter.ts";

/** What takes the time of writing a PNG file. All works on {@linkcode DeflateKernel.memory}. */
export interface DeflateKernel {
  /** Laid out by `deflate_memory.ts`; replaced when it grows. */
  readonly memory: ArrayBuffer;
  /** Makes the memory at least this large; keeps its contents. */
  grow(byteLength: number): void;
  /**
   * Packs RGBA pixels, as a PNG row holds them.
   *
   * @param to Address of the packed samples.
   * @param pixels Pixels at `pixels`, at most {@linkcode PIXELS_AT_ONCE}.
   * @param channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
   * @param isDeep Whether samples have 16 bits.
   */
  pack(to: number, pixels: number, channels: number, isDeep: boolean): void;
  /**
   * Filters a row by the filter whose differences have the least sum of magnitudes.
   *
   * @param row Address of the packed row, behind a margin of zeros.
   * @param above Address of the packed row above, too.
   * @param byteLength Its length.
   * @param unit Bytes from a pixel to the next.
   * @param to Address that receives the filter's number and the filtered row.
   */
  filter(row: number, above: number, byteLength: number, unit: number, to: number): void;
  /** Adds input at an address to the checksum. */
  addToChecksum(from: number, byteLength: number): void;
  /**
   * Turns input into tokens, until the block has so many or the input is used up.
   *
   * @param mostTokens Tokens of the block, at most `blockTokens`.
   * @param isLast Whether no more input follows.
   */
  tokenise(mostTokens: number, isLast: boolean): void;
  /** The same, faster: the only match that it compares is the latest with the same three bytes. */
  tokeniseLatest(mostTokens: number, isLast: boolean): void;
  /** Writes the tokens of the block by its codes. */
  writeTokens(): void;
}

/** The kernel in plain TypeScript. */
export class TypeScriptDeflateKernel implements DeflateKernel {
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #halves = new Uint16Array(0);
  #filtered = [0, 1].map(() => new Uint8Array(0));
  /** The match that was searched last. */
  #length = 0;
  #distance = 0;
  #saving = 0;
  /** Of a search: the longest match, and the bits of as many literals. */
  #longest = 0;
  #literalBits = 0;

  /** See {@linkcode DeflateKernel.memory}. */
  get memory(): ArrayBuffer {
    return this.#bytes.buffer;
  }

  /** See {@linkcode DeflateKernel.grow}. */
  grow(byteLength: number): void {
    if (byteLength <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.ceil(byteLength / 4) * 4);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer);
    this.#halves = new Uint16Array(bytes.buffer);
  }

  /** See {@linkcode DeflateKernel.pack}. */
  pack(to: number, pixels: number, channels: number, isDeep: boolean): void {
    const bytes = this.#bytes, colours = channels < 3 ? 1 : 3, depth = isDeep ? 2 : 1;
    for (let from = AT.pixels, end = from + pixels * 4 * depth; from < end; from += 4 * depth) {
      for (let c = 0; c < channels; c++) {
        const sample = from + (c < colours ? c : 3) * depth;
        if (isDeep) bytes[to++] = bytes[sample + 1]; // highest byte first
        bytes[to++] = bytes[sample];
      }
    }
  }

  /** See {@linkcode DeflateKernel.filter}. */
  filter(row: number, above: number, byteLength: number, unit: number, to: number): void {
    if (this.#filtered[0].length !== byteLength) {
      this.#filtered = this.#filtered.map(() => new Uint8Array(byteLength));
    }
    let [best, candidate] = this.#filtered, bestType = 0, bestMagnitude = Infinity;
    const now = this.#bytes.subarray(row, row + byteLength),
      up = this.#bytes.subarray(above, above + byteLength);
    for (let type = 0; type < FILTER_COUNT; type++) {
      const magnitude = filterRow(type, now, up, unit, candidate);
      if (magnitude >= bestMagnitude) continue;
      [best, candidate] = [candidate, best];
      [bestType, bestMagnitude] = [type, magnitude];
    }
    this.#bytes[to] = bestType;
    this.#bytes.set(best, to + 1);
  }

  /** See {@linkcode DeflateKernel.addToChecksum}. */
  addToChecksum(from: number, byteLength: number): void {
    const bytes = this.#bytes;
    let a = this.#words[AT.adlerA >> 2], b = this.#words[AT.adlerB >> 2];
    for (let i = from, last = from + byteLength; i < last;) {
      // Sums of so many bytes stay below 2^32.
      for (const end = Math.min(i + 3800, last); i < end; i++) b += a += bytes[i];
      a %= 65521;
      b %= 65521;
    }
    this.#words[AT.adlerA >> 2] = a;
    this.#words[AT.adlerB >> 2] = b;
  }

  /** See {@linkcode DeflateKernel.tokenise}. */
  tokenise(mostTokens: number, isLast: boolean): void {
    const words = this.#words;
    const end = words[AT.end >> 2], base = words[AT.base >> 2];
    const limit = isLast ? end : end - LIMITS.lookaheadBytes;
    let position = words[AT.position >> 2], isSearched = words[AT.isSearched >> 2] === 1;
    [this.#length, this.#distance] = [words[AT.length >> 2], words[AT.distance >> 2]];
    this.#saving = words[AT.saving >> 2];
    while (position < limit && words[AT.tokenCount >> 2] < mostTokens) {
      if (!isSearched) this.#search(position, base, end);
      isSearched = false;
      let isMatch = this.#length > 0, inserted = 1;
      if (isMatch && this.#length < LIMITS.lazyLength) {
        const length = this.#length, distance = this.#distance, saving = this.#saving;
        this.#search(position + 1, base, end);
        inserted = 2;
        if (this.#saving > saving) {
          isMatch = false;
          isSearched = true;
        } else [this.#length, this.#distance, this.#saving] = [length, distance, saving];
      }
      if (!isMatch) {
        this.#putLiteral(position++);
        continue;
      }
      this.#putMatch();
      if (this.#distance > LIMITS.nearBytes) words[AT.farSaving >> 2] += this.#saving;
      for (let i = inserted; i < this.#length; i++) this.#insert(position + i, base, end);
      position += this.#length;
    }
    words[AT.position >> 2] = position;
    words[AT.isSearched >> 2] = isSearched ? 1 : 0;
    [words[AT.length >> 2], words[AT.distance >> 2]] = [this.#length, this.#distance];
    words[AT.saving >> 2] = this.#saving;
  }

  /** See {@linkcode DeflateKernel.tokeniseLatest}. */
  tokeniseLatest(mostTokens: number, isLast: boolean): void {
    const words = this.#words, halves = this.#halves;
    const end = words[AT.end >> 2], base = words[AT.base >> 2];
    const limit = isLast ? end : end - LIMITS.lookaheadBytes;
    let position = words[AT.position >> 2];
    while (position < limit && words[AT.tokenCount >> 2] < mostTokens) {
      if (end - position >= 4) {
        const offset = position + base >>> 0, now = this.#load(position), slot = slot3(now);
        const latest = offset - halves[slot] & 0xffff;
        halves[slot] = offset;
        const reach = Math.min(LIMITS.windowBytes, offset);
        if (latest > 0 && latest <= reach && (this.#load(position - latest) ^ now) << 8 === 0) {
          this.#longest = this.#literalBits = this.#saving = 0;
          this.#consider(position, latest, Math.min(LIMITS.maxMatch, end - position));
          if (this.#saving > 0) {
            this.#putMatch();
            const last = Math.min(position + this.#length, end - 3);
            for (let at = position + 1; at < last; at++) halves[slot3(this.#load(at))] = at + base;
            position += this.#length;
            continue;
          }
        }
      }
      this.#putLiteral(position++);
    }
    words[AT.position >> 2] = position;
    words[AT.isSearched >> 2] = 0;
  }

  #putLiteral(position: number): void {
    const literal = this.#bytes[position];
    this.#words[(AT.literalCounts >> 2) + literal]++;
    this.#words[(AT.tokens >> 2) + this.#words[AT.tokenCount >> 2]++] = literal;
  }

  #putMatch(): void {
    const words = this.#words, length = this.#length, distance = this.#distance;
    words[(AT.lengthCounts >> 2) + length]++;
    words[(AT.distanceCounts >> 2) + distanceSymbol(distance)]++;
    words[(AT.tokens >> 2) + words[AT.tokenCount >> 2]++] = distance * 65536 + length;
  }

  /** Finds the match that saves most bits by the codes of the block before, and enters the position into the tables. */
  #search(position: number, base: number, end: number): void {
    const halves = this.#halves;
    this.#length = this.#distance = this.#saving = 0;
    if (end - position < 4) return;
    const most = Math.min(LIMITS.maxMatch, end - position), offset = position + base >>> 0;
    const reach = Math.min(LIMITS.windowBytes, offset), now = this.#load(position);
    const latest = offset - halves[slot3(now)] & 0xffff;
    let candidate = halves[slot4(now)];
    this.#insert(position, base, end);
    this.#longest = this.#literalBits = 0;
    if (latest > 0 && latest <= reach && (this.#load(position - latest) ^ now) << 8 === 0) {
      this.#consider(position, latest, most);
    }
    const enough = Math.min(LIMITS.niceLength, most);
    if (this.#longest >= enough) return;
    let last = 0;
    for (let left = LIMITS.chainLength; left > 0; left--) {
      const distance = offset - candidate & 0xffff;
      if (distance > reach || distance <= last) return;
      last = distance;
      if (this.#load(position - distance) === now) {
        this.#consider(position, distance, most);
        if (this.#longest >= enough) return;
      }
      candidate = halves[chainSlot(candidate)];
    }
  }

  /** Compares the bytes at a distance; keeps the match if it saves more bits. */
  #consider(position: number, distance: number, most: number): void {
    const bytes = this.#bytes, other = position - distance;
    let length = 0;
    while (length < most && bytes[other + length] === bytes[position + length]) length++;
    for (let i = this.#longest; i < length; i++) {
      this.#literalBits += bytes[AT.literalCosts + bytes[position + i]];
    }
    if (length <= this.#longest) return;
    this.#longest = length;
    const saving = this.#literalBits - bytes[AT.lengthCosts + length] -
      bytes[AT.distanceCosts + distanceSymbol(distance)];
    if (saving > this.#saving) [this.#length, this.#distance, this.#saving] = [length, distance, saving];
  }

  #insert(position: number, base: number, end: number): void {
    if (end - position < 4) return;
    const halves = this.#halves,
      offset = position + base >>> 0,
      now = this.#load(position),
      slot = slot4(now);
    halves[slot3(now)] = offset;
    halves[chainSlot(offset)] = halves[slot];
    halves[slot] = offset;
  }

  #load(position: number): number {
    const bytes = this.#bytes;
    return bytes[position] | bytes[position + 1] << 8 | bytes[position + 2] << 16 | bytes[position + 3] << 24;
  }

  /** See {@linkcode DeflateKernel.writeTokens}. */
  writeTokens(): void {
    const words = this.#words, bytes = this.#bytes;
    let out = words[AT.out >> 2], bits = words[AT.bits >> 2], bitCount = words[AT.bitCount >> 2];
    const put = (value: number, count: number) => {
      bits |= value << bitCount;
      bitCount += count;
      for (; bitCount >= 8; bitCount -= 8, bits >>>= 8) bytes[out++] = bits;
    };
    const tokens = words[AT.tokenCount >> 2];
    for (let i = 0; i < tokens; i++) {
      const token = words[(AT.tokens >> 2) + i];
      if (token < 256) {
        const code = words[(AT.literalCodes >> 2) + token];
        put(code & 0xffffff, code >>> 24);
        continue;
      }
      const distance = token >>> 16, code = words[(AT.lengthCodes >> 2) + (token & 0xffff)];
      put(code & 0xffffff, code >>> 24);
      const symbol = distanceSymbol(distance), extra = distanceExtraBits(symbol);
      const distanceCode = words[(AT.distanceCodes >> 2) + symbol];
      put(distanceCode & 0xffffff, distanceCode >>> 24);
      put(distance - 1 & (1 << extra) - 1, extra);
    }
    words[AT.out >> 2] = out;
    words[AT.bits >> 2] = bits;
    words[AT.bitCount >> 2] = bitCount;
  }
}

function slot3(four: number): number {
  return (AT.hash3 >> 1) + (Math.imul(four << 8, 0x9e3779b1) >>> 32 - LIMITS.hash3Bits);
}

function slot4(four: number): number {
  return (AT.hash4 >> 1) + (Math.imul(four, 0x9e3779b1) >>> 32 - LIMITS.hash4Bits);
}

function chainSlot(offset: number): number {
  return (AT.chain >> 1) + (offset & LIMITS.windowBytes - 1);
}
