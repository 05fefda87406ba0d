/** Reads unsigned numbers of some bits, one after the other. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #order: "highest-first" | "lowest-first";
  readonly #atEnd: () => Error;
  #position: number;

  /**
   * Makes the object.
   *
   * @param bytes What to read.
   * @param order Which bit of a byte comes first; it also is that of a number.
   * @param atEnd Makes the error that is thrown where the bytes end too early.
   * @param offsetBytes Where to begin.
   */
  constructor(
    bytes: Uint8Array,
    order: "highest-first" | "lowest-first",
    atEnd: () => Error,
    offsetBytes = 0,
  ) {
    this.#bytes = bytes;
    this.#order = order;
    this.#atEnd = atEnd;
    this.#position = offsetBytes * 8;
  }

  /** The next number of `count` bits, at most 53. */
  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      const byte = this.#position >> 3, bit = this.#position & 7;
      if (byte >= this.#bytes.length) throw this.#atEnd();
      if (this.#order === "lowest-first") value += ((this.#bytes[byte] >> bit) & 1) * 2 ** i;
      else value = value * 2 + ((this.#bytes[byte] >> (7 - bit)) & 1);
    }
    return value;
  }

  /** The next bit, as a truth value. */
  flag(): boolean {
    return this.read(1) === 1;
  }

  /** Bits from the beginning of the bytes up to here. */
  get position(): number {
    return this.#position;
  }

  /** Passes over bits. */
  skip(count: number): void {
    this.#position += count;
  }
}
