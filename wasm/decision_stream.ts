// Decisions of coders that keep their own memory: a decoder takes them from bytes, an encoder notes them and pushes them when all
// are known. Part of the modules of graphics and of samples, in front of which scripts/build_wasm.ts puts it.

/** Where the decisions, or the bytes of a decoder, begin; behind everything else. */
let streamFrom: usize = 0;
let streamStart: usize = 0;
let decisionCount: i32 = 0;
let capacity: usize = 0;
let encoding: bool = true;
let next: usize = 0;
let last: usize = 0;
let state: u32 = 0;

/** Where `decode` wants its bytes, once `reserve` has made room. */
export function stream(): usize {
  return streamFrom;
}

/** Makes room for a stream. */
export function reserve(byteLength: i32): void {
  ensure(streamFrom + <usize>byteLength);
}

/** Address of the stream that `encode` made. */
export function encoded(): usize {
  return streamStart;
}

function ensure(end: usize): void {
  const have = <usize>memory.size() << 16;
  if (end > have) {
    const more = end - have + 65535 >>> 16;
    if (memory.grow(<i32>more) < 0) unreachable();
  }
  capacity = <usize>memory.size() << 16;
}

function beginEncoding(): void {
  encoding = true;
  decisionCount = 0;
}

function beginDecoding(byteLength: i32, firstState: u32): void {
  encoding = false;
  next = streamFrom + <usize>min(4, byteLength);
  last = streamFrom + <usize>byteLength;
  state = firstState;
}

/** Whether a decoder is at the end of a stream. */
// @ts-ignore: decorator
@inline
function isAtEnd(): bool {
  return next == last && state == 0;
}

/** Decisions that are pushed at a time: engines replace slow code by fast when a function is called anew. */
const PUSHED: i32 = 4096;
/** Where pushing is: the decisions that are left, the address of the last byte, and the state. */
let unpushed: i32 = 0;
let pushedTo: usize = 0;
let pushed: u32 = 0;

/** Pushes the decisions, the last one first; bytes take the room of decisions that are done. Gives the length of the stream. */
function flush(): i32 {
  const end = streamFrom + (<usize>decisionCount << 1) + 4;
  ensure(end);
  unpushed = decisionCount;
  pushedTo = end;
  pushed = 0;
  while (unpushed > PUSHED) push();
  push();
  let to = pushedTo;
  const x = pushed, stateBytes: i32 = to < end ? 4 : 39 - <i32>clz(x) >> 3;
  to -= <usize>stateBytes;
  for (let i = 0; i < stateBytes; i++) store<u8>(to + <usize>i, x >>> (8 * i));
  streamStart = to;
  return <i32>(end - to);
}

function push(): void {
  let to = pushedTo, x = pushed, i = unpushed;
  const stop = max(0, i - PUSHED);
  for (i--; i >= stop; i--) {
    const decision = <u32>load<u16>(streamFrom + (<usize>i << 1));
    let frequency = decision & 0xfffe, start = 65536 - frequency;
    if (decision == 1) {
      i--;
      const raw = <u32>load<u16>(streamFrom + (<usize>i << 1)), shift = 16 - (raw >>> 8);
      frequency = 1 << shift;
      start = (raw & 255) << shift;
    } else if ((decision & 1) == 0) {
      frequency = start;
      start = 0;
    }
    while (x >>> 15 >= frequency) {
      to--;
      store<u8>(to, x);
      x >>>= 8;
    }
    const quotient = x / frequency;
    x = (quotient << 16) + (x - quotient * frequency) + start;
  }
  unpushed = i + 1;
  pushedTo = to;
  pushed = x;
}

/** Codes a decision; the probability of 1 is made even, so that it and the outcome take 16 bits until they are pushed. */
// @ts-ignore: decorator
@inline
function code(bit: i32, probability: i32): i32 {
  const one = probability & 0xfffe, zero = 65536 - one;
  if (encoding) {
    const at = streamFrom + (<usize>decisionCount << 1);
    if (at + 2 > capacity) ensure(at + 65536);
    store<u16>(at, one | bit);
    decisionCount++;
    return bit;
  }
  const slot = <i32>(state & 0xffff);
  const outcome = i32(slot >= zero);
  const frequency = <u32>(outcome ? one : zero);
  let x = frequency * (state >>> 16) + <u32>slot - <u32>(outcome ? zero : 0);
  while (x < 1 << 23 && next < last) {
    x = x << 8 | load<u8>(next);
    next++;
  }
  state = x;
  return outcome;
}

/** Codes `bits` bits, at most eight, as they are. They wait as two entries, of which the second, 1, is no decision. */
function codeRaw(value: i32, bits: i32): i32 {
  if (encoding) {
    const at = streamFrom + (<usize>decisionCount << 1);
    if (at + 4 > capacity) ensure(at + 65536);
    store<u32>(at, 1 << 16 | bits << 8 | value);
    decisionCount += 2;
    return value;
  }
  const slot = state & 0xffff, shift: u32 = 16 - bits;
  let x = (state >>> 16 << shift) + (slot & (1 << shift) - 1);
  while (x < 1 << 23 && next < last) {
    x = x << 8 | load<u8>(next);
    next++;
  }
  state = x;
  return <i32>(slot >>> shift);
}
