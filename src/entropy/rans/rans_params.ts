/** Constants that the rANS encoders and decoders share; the decoders never import an encoder. */

/** Bits of a probability of the u8 coder: the frequencies of a table sum to 2^12. */
export const U8_PROBABILITY_BITS = 12;
/** Sum of the frequencies of a u8 table. */
export const U8_PROBABILITY_TOTAL: number = 1 << U8_PROBABILITY_BITS;

/** Interleaved states of the u8 coder; symbol i belongs to state i mod 4. */
const LANE_COUNT = 4;
/** Bits the interleaved coder moves in and out of a state at once. */
const LANE_WORD_BITS = 16;
/**
 * States live in [2^15, 2^31): the top is 2^31 and not 2^32 so that a state is a small integer to the JavaScript
 * engine, and the bottom follows from the 16-bit words.
 */
export const LANE_STATE_BITS = 31;
/** Lowest state of the interleaved coder, also its start (and so the decoder's end) state. */
export const LANE_LOWER_BOUND: number = 1 << (LANE_STATE_BITS - LANE_WORD_BITS);
/** Bytes of the four states in front of the words. */
export const LANE_HEADER_BYTES: number = LANE_COUNT * 4;

/** Bits the single-state coder moves in and out of its state at once. */
export const SINGLE_WORD_BITS = 8;
/** Lowest state of the single-state coder once it has moved a byte out: states live in [2^23, 2^31). */
export const SINGLE_LOWER_BOUND: number = 1 << (LANE_STATE_BITS - SINGLE_WORD_BITS);
