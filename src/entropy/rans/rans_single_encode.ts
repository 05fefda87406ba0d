/**
 * Single-state rANS encoder for streams of mixed decisions: static sections and the context coder.
 *
 * The model runs forward and records one (start, frequency) a decision; the states can only be pushed backwards, so
 * the coding itself waits until the section is complete.
 *
 * Three surprises:
 * 1. The state starts at 0, not at the lower bound 2^23. While nothing has been moved out it may be smaller than the
 *    bound, which saves three bytes a stream: an interval that starts at 0 costs nothing at all from state 0, so a
 *    section of likely zeros is 0 bytes long. The decoder therefore pulls a byte only while there is one.
 * 2. The decoder must end at state 0 with no byte left: that is the section's own end-state check.
 * 3. When nothing was moved out, the state is written in as few bytes as hold it (none for 0), else in four.
 *
 * Stream: the final state, u32 little-endian (or its shortest form), then the moved-out bytes, last one first.
 */

import { EntropyError } from "../errors.ts";
import { LANE_STATE_BITS, SINGLE_WORD_BITS } from "./rans_params.ts";
import { DecisionReader } from "./rans_single_decode.ts";

/** Collects decisions of one section and turns them into bytes. */
export class DecisionRecorder {
  /** Bits of the probabilities: frequencies of a decision sum to `2^probabilityBits`, at most 16. */
  readonly probabilityBits: number;
  #decisions: Uint32Array = new Uint32Array(256);
  #count = 0;

  /** @param probabilityBits 1..16. */
  constructor(probabilityBits: number) {
    this.probabilityBits = probabilityBits;
  }

  /** Number of decisions recorded. */
  get count(): number {
    return this.#count;
  }

  /** What was recorded, each `frequency << 16 | start`. */
  get decisions(): Uint32Array {
    return this.#decisions.subarray(0, this.#count);
  }

  /**
   * Records one decision.
   *
   * @param start First slot of the interval, 0 … 2^bits − 1.
   * @param frequency Slots of the interval, 1 … 2^bits − 1. Decisions with only one outcome are not recorded.
   */
  push(start: number, frequency: number): void {
    if (this.#count === this.#decisions.length) this.#grow(this.#count + 1);
    this.#decisions[this.#count++] = (frequency << 16) | start;
  }

  /**
   * Records several.
   *
   * @param decisions Each is `frequency << 16 | start`.
   */
  append(decisions: Uint32Array): void {
    const count = this.#count + decisions.length;
    if (count > this.#decisions.length) this.#grow(count);
    this.#decisions.set(decisions, this.#count);
    this.#count = count;
  }

  #grow(count: number): void {
    const larger = new Uint32Array(Math.max(count, this.#decisions.length * 2));
    larger.set(this.#decisions);
    this.#decisions = larger;
  }

  /**
   * Codes everything recorded and forgets it.
   *
   * @returns The stream.
   */
  finish(): Uint8Array {
    const bytes = encodeDecisions(this.decisions, this.probabilityBits);
    this.#count = 0;
    return bytes;
  }
}

/**
 * Pushes the decisions from last to first, then reads the stream back: a decoder gets these decisions.
 *
 * @param decisions Each is `frequency << 16 | start`.
 * @param probabilityBits Bits of the probabilities.
 * @returns The stream.
 * @throws {EntropyError} `entropy-unverified` when the stream does not give the decisions back.
 */
export function encodeDecisions(decisions: Uint32Array, probabilityBits: number): Uint8Array {
  const bytes = pushed(decisions, probabilityBits);
  checkDecisions(bytes, decisions, probabilityBits);
  return bytes;
}

/**
 * Reads a stream with the intervals that were coded: a small share of the time that a model takes to find them.
 *
 * @param bytes The stream.
 * @param decisions Each is `frequency << 16 | start`.
 * @param probabilityBits Bits of the probabilities.
 * @throws {EntropyError} `entropy-unverified` when the stream names other intervals or does not end with the last one.
 */
export function checkDecisions(bytes: Uint8Array, decisions: Uint32Array, probabilityBits: number): void {
  try {
    const reader = new DecisionReader(bytes, probabilityBits);
    for (let i = 0; i < decisions.length; i++) {
      const start = decisions[i] & 0xffff, frequency = decisions[i] >>> 16, offset = reader.peek() - start;
      if (offset < 0 || offset >= frequency) throw unverified(`decision ${i} of ${decisions.length}`);
      reader.advance(start, frequency);
    }
    reader.finish();
  } catch (cause) {
    if (cause instanceof EntropyError && cause.code === "entropy-unverified") throw cause;
    throw unverified(`the end state: ${cause}`);
  }
}

function unverified(what: string): EntropyError {
  return new EntropyError(
    "entropy-unverified",
    `Cannot verify the stream: it must decode to what was encoded (got another ${what}). Please report this bug with the ` +
      "source picture.",
  );
}

function pushed(decisions: Uint32Array, probabilityBits: number): Uint8Array {
  // A decision moves out at most two bytes: it adds at most 16 bits to the state.
  const reversed = new Uint8Array(decisions.length * 2 + 4);
  const limitShift = LANE_STATE_BITS - probabilityBits;
  const total = 1 << probabilityBits;
  let length = 0;
  let state = 0;
  for (let i = decisions.length - 1; i >= 0; i--) {
    const start = decisions[i] & 0xffff;
    const frequency = decisions[i] >>> 16;
    while ((state >>> limitShift) >= frequency) {
      reversed[length++] = state;
      state >>>= SINGLE_WORD_BITS;
    }
    state = (state + Math.imul((state / frequency) | 0, total - frequency) + start) | 0;
  }
  const stateBytes = length > 0 ? 4 : (39 - Math.clz32(state)) >> 3;
  const bytes = new Uint8Array(stateBytes + length);
  for (let i = 0; i < stateBytes; i++) bytes[i] = state >>> (8 * i);
  for (let i = 0; i < length; i++) bytes[stateBytes + i] = reversed[length - 1 - i];
  return bytes;
}
