// Where binary decisions go to or come from, as src/entropy/rans/binary_coder.ts says: part of the modules of coders, in front of
// which scripts/build_wasm.ts puts it.

const DECODE: i32 = 0;
const ENCODE: i32 = 1;
const SINGLE_LOWER_BOUND: i32 = 1 << 23;

/** 0 takes decisions from bytes, 1 writes them as `frequency << 16 | start`; else they go nowhere. */
let mode: i32 = 0;
let state: i32 = 0;
let next: usize = 0;
let last: usize = 0;

/** Codes a decision by the probability of 1: encoders write `bit`, decoders ignore it. */
// @ts-ignore: decorator
@inline
function code(bit: i32, probability: i32): i32 {
  const zeroSlots = 65536 - probability;
  if (mode == DECODE) {
    const slot = state & 0xffff;
    let x = slot;
    if (slot < zeroSlots) {
      x += zeroSlots * (state >>> 16);
      bit = 0;
    } else {
      x += probability * (state >>> 16) - zeroSlots;
      bit = 1;
    }
    while (x < SINGLE_LOWER_BOUND && next < last) x = (x << 8) | <i32>load<u8>(next++);
    state = x;
  } else if (mode == ENCODE) {
    store<i32>(next, bit != 0 ? (probability << 16) | zeroSlots : zeroSlots << 16);
    next += 4;
  }
  return bit;
}

/** Takes decisions from bytes, the decoder's state having been read from those before. */
export function beginDecoding(bytes: usize, byteLength: i32, firstState: i32): void {
  mode = DECODE;
  state = firstState;
  next = bytes;
  last = bytes + <usize>byteLength;
}

/** The decoder's state. */
export function endState(): i32 {
  return state;
}

/** Writes decisions from an address on. */
export function beginEncoding(decisions: usize): void {
  mode = ENCODE;
  next = decisions;
}

/** Where the decisions end, or the bytes that have been used. */
export function end(): usize {
  return next;
}
