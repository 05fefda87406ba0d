/** Writes unsigned numbers of some bits, the lowest bit first. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** Appends a number of `count` bits. */
  put(value: number, count: number): void {
    for (let i = 0; i < count; i++) this.#bits.push(Math.floor(value / 2 ** i) & 1);
  }

  /** The bytes, the last one filled up with zeros. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => bytes[i >> 3] |= bit << (i & 7));
    return bytes;
  }
}
