/** Single-state rANS decoder: the mirror of `rans_single_encode.ts`. */

import { EntropyError } from "../errors.ts";
import { LANE_STATE_BITS, SINGLE_LOWER_BOUND } from "./rans_params.ts";

/** Most bytes of a stream that hold its first state. */
export const FIRST_STATE_BYTES = 4;

/** Pulls decisions from one stream. Never reads past its end; damage shows in {@linkcode finish}. */
export class DecisionReader {
  #bytes: Uint8Array;
  #next: number;
  #state = 0;
  #probabilityBits: number;
  #slotMask: number;

  /**
   * @param bytes One whole stream.
   * @param probabilityBits The recorder's, 1..16.
   * @throws {EntropyError} `entropy-corrupt` when no encoder writes such a first state.
   */
  constructor(bytes: Uint8Array, probabilityBits: number) {
    this.#bytes = bytes;
    this.#probabilityBits = probabilityBits;
    this.#slotMask = (1 << probabilityBits) - 1;
    this.#next = Math.min(FIRST_STATE_BYTES, bytes.length);
    for (let i = this.#next - 1; i >= 0; i--) this.#state = (this.#state << 8) | bytes[i];
    const shortest = bytes.length > 4
      ? SINGLE_LOWER_BOUND
      : bytes.length === 0
      ? 0
      : 2 ** (8 * bytes.length - 8);
    if (this.#state < shortest) {
      throw new EntropyError(
        "entropy-corrupt",
        `Cannot decode the stream because its first state is out of range: value is ${this.#state >>> 0}, ` +
          `limit ${shortest}..${2 ** LANE_STATE_BITS - 1}; fetch the stream again`,
      );
    }
  }

  /** The state as it is, as a signed number: of a reader that has just begun, the stream's first. */
  get state(): number {
    return this.#state;
  }

  /** The bytes that have not been used. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#next);
  }

  /**
   * Goes on after decisions that were taken elsewhere.
   *
   * @param state The state after them.
   * @param byteCount How many bytes they used.
   */
  skip(state: number, byteCount: number): void {
    this.#state = state;
    this.#next += byteCount;
  }

  /**
   * The slot that says which decision comes next.
   *
   * @returns 0 … 2^bits − 1.
   */
  peek(): number {
    return this.#state & this.#slotMask;
  }

  /**
   * Takes the decision that the slot named.
   *
   * @param start First slot of its interval.
   * @param frequency Slots of its interval.
   */
  advance(start: number, frequency: number): void {
    const state = this.#state;
    let x = (Math.imul(frequency, state >>> this.#probabilityBits) + (state & this.#slotMask) - start) | 0;
    while (x < SINGLE_LOWER_BOUND && this.#next < this.#bytes.length) {
      x = (x << 8) | this.#bytes[this.#next++];
    }
    this.#state = x;
  }

  /**
   * Checks the end: all bytes used, state back at 0.
   *
   * @throws {EntropyError} `entropy-corrupt`.
   */
  finish(): void {
    checkEnd(this.#state, this.#bytes.length - this.#next);
  }
}

/**
 * Checks the end of a stream.
 *
 * @param state The decoder's state.
 * @param bytesLeft Bytes that it has not used.
 * @throws {EntropyError} `entropy-corrupt` unless both are 0.
 */
export function checkEnd(state: number, bytesLeft: number): void {
  if (state === 0 && bytesLeft === 0) return;
  throw new EntropyError(
    "entropy-corrupt",
    `Cannot decode the stream because its end state is wrong: value is ${state} with ${bytesLeft} bytes left, ` +
      "limit 0 with 0; fetch the stream again",
  );
}
