/** Part 3.4 and 3.5 of the specification. */

/** A stream of decisions with one state. */
export class Decisions {
  #state = 0;
  #next: number;

  constructor(readonly bytes: Uint8Array, readonly probabilityBits: number) {
    this.#next = Math.min(4, bytes.length);
    for (let i = this.#next - 1; i >= 0; i--) this.#state = this.#state * 256 + bytes[i];
    const least = bytes.length > 4 ? 2 ** 23 : bytes.length === 0 ? 0 : 2 ** (8 * bytes.length - 8);
    if (this.#state < least || this.#state >= 2 ** 31) throw new Error("first state");
  }

  /** The slot that names the next decision. */
  get slot(): number {
    return this.#state % 2 ** this.probabilityBits;
  }

  /** Takes the decision of an interval. */
  take(start: number, frequency: number): void {
    const slots = 2 ** this.probabilityBits;
    this.#state = frequency * Math.floor(this.#state / slots) + this.#state % slots - start;
    while (this.#state < 2 ** 23 && this.#next < this.bytes.length) {
      this.#state = this.#state * 256 + this.bytes[this.#next++];
    }
  }

  /** A binary decision. */
  bit(probability: number): number {
    const zeros = 65536 - probability, outcome = this.slot < zeros ? 0 : 1;
    this.take(outcome * zeros, outcome === 1 ? probability : zeros);
    return outcome;
  }

  /** `bits` bits, at most eight, all equally likely. */
  raw(bits: number): number {
    const slots = 2 ** (16 - bits), value = Math.floor(this.slot / slots);
    this.take(value * slots, slots);
    return value;
  }

  /** A symbol of a table of 256 frequencies. */
  symbol(frequencies: readonly number[]): number {
    const [symbol, start] = symbolAt(frequencies, this.slot);
    this.take(start, frequencies[symbol]);
    return symbol;
  }

  /** Checks the end. */
  finish(): void {
    if (this.#state !== 0 || this.#next !== this.bytes.length) throw new Error("end state");
  }
}

/** The symbols of a stream with four states. */
export function interleavedSymbols(
  bytes: Uint8Array,
  count: number,
  frequencies: readonly number[],
): number[] {
  if (count === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const states = [0, 4, 8, 12].map((offset) => view.getUint32(offset, true));
  let next = 16;
  const symbols = Array.from({ length: count }, (_, i) => {
    const x = states[i % 4], [symbol, start] = symbolAt(frequencies, x % 4096);
    states[i % 4] = frequencies[symbol] * Math.floor(x / 4096) + x % 4096 - start;
    if (states[i % 4] < 2 ** 15) {
      states[i % 4] = states[i % 4] * 65536 + view.getUint16(next, true);
      next += 2;
    }
    return symbol;
  });
  if (next !== bytes.length || states.some((state) => state !== 2 ** 15)) throw new Error("end states");
  return symbols;
}

function symbolAt(frequencies: readonly number[], slot: number): [symbol: number, start: number] {
  let start = 0, symbol = 0;
  while (slot >= start + frequencies[symbol]) start += frequencies[symbol++];
  return [symbol, start];
}
