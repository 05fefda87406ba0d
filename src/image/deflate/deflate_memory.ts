/**
 * The memory on which both forms of the deflate kernel work: tables at fixed addresses, then the row buffers and the window,
 * whose sizes depend on the length of a row.
 */

/** Numbers that both forms use. */
export const DEFLATE_LIMITS = {
  /** Largest distance of a match (RFC 1951). */
  windowBytes: 32768,
  /** Shortest and longest match. */
  minMatch: 3,
  maxMatch: 258,
  /** Literals and matches of a block, at most. */
  blockTokens: 32768,
  /** Bytes behind a position that are known when its match is searched, unless the data end there. */
  lookaheadBytes: 264,
  /** Positions that a search of matches compares at most. */
  chainLength: 64,
  /** A match of this length ends the search. */
  niceLength: 130,
  /** After a match of this length, the next position is not searched. */
  lazyLength: 32,
  /** Matches up to this distance are near; they save bits in photographs, too. */
  nearBytes: 64,
  /** Bits of a hash of three and of four bytes. */
  hash3Bits: 15,
  hash4Bits: 15,
} as const;

/** Symbols of distances. */
export const DISTANCES = 30;
/** Pixels that are handed to the kernel at a time. */
export const PIXELS_AT_ONCE = 8192;
/** Zeros in front of a row: the pixel to the left of the first. */
export const ROW_MARGIN_BYTES = 16;
/** Vectors read and write this many bytes beyond an end. */
export const SLACK_BYTES = 32;

const LIMITS = DEFLATE_LIMITS;
/** Most bytes of a block: 48 bits per match, a header of at most 400 bytes, bits of the block before. */
const OUTPUT_BYTES = LIMITS.blockTokens * 6 + 512;

/** Addresses of the state and the tables. */
export const DEFLATE_ADDRESSES = consecutive({
  /** u32: address of the next byte that has no token. */
  position: 4,
  /** u32: address behind the last byte of input. */
  end: 4,
  /** u32: stream offset minus address, modulo 2^32; the offset of the first byte is 0. */
  base: 4,
  /** u32: tokens of the block. */
  tokenCount: 4,
  /** u32: address of the next byte of output. */
  out: 4,
  /** u32: bits that fill no byte yet, and how many they are. */
  bits: 4,
  bitCount: 4,
  /** u32: 1 if the match at `position` has been searched; the match, as length, distance and saved bits. */
  isSearched: 4,
  length: 4,
  distance: 4,
  saving: 4,
  /** u32: bits that the block saves by matches beyond `nearBytes`. */
  farSaving: 4,
  /** u32: the sums of Adler-32 over the input. */
  adlerA: 4,
  adlerB: 4,
  /** u32 each: how often the block uses each literal, each length, each distance symbol. */
  literalCounts: 256 * 4,
  lengthCounts: (LIMITS.maxMatch + 1) * 4,
  distanceCounts: DISTANCES * 4,
  /** u8 each: estimated bits of each literal, length and distance symbol, with their extra bits. */
  literalCosts: 256,
  lengthCosts: LIMITS.maxMatch + 1,
  distanceCosts: DISTANCES,
  /** u32 each: the code's bits, and from bit 24 on how many they are; those of lengths contain the extra bits. */
  literalCodes: 256 * 4,
  lengthCodes: (LIMITS.maxMatch + 1) * 4,
  distanceCodes: DISTANCES * 4,
  /** u16 each: the lowest bits of the stream offset of the last position with a hash of three bytes, and of four. */
  hash3: 2 << LIMITS.hash3Bits,
  hash4: 2 << LIMITS.hash4Bits,
  /** u16 each: the same of the position before with the same hash of four bytes, by the lowest bits of the own offset. */
  chain: LIMITS.windowBytes * 2,
  /** u32 each: a literal, or 65536 · distance + length. */
  tokens: LIMITS.blockTokens * 4,
  output: OUTPUT_BYTES,
  /** Pixels as the caller has them, RGBA. */
  pixels: PIXELS_AT_ONCE * 8 + SLACK_BYTES,
  /** Here the row buffers and the window begin. */
  rest: 0,
});

/** Addresses of regions that follow one another, each aligned to 16 bytes. */
function consecutive<K extends string>(bytes: Readonly<Record<K, number>>): Readonly<Record<K, number>> {
  let next = 0;
  const addresses: Partial<Record<K, number>> = {};
  for (const name of Object.keys(bytes) as K[]) {
    addresses[name] = next;
    next += Math.ceil(bytes[name] / 16) * 16;
  }
  return addresses as Record<K, number>;
}
