import { firstPlaceOf, mapBytes, type PlacedMap, rowPitchOf } from "./convolution.ts";

/** The bands of a map that later steps still read, each a map of its own with a border: a new one takes the place of the oldest. */
export class MapRing {
  readonly #size: Omit<PlacedMap, "address">;
  readonly #bandRows: number;
  readonly #slots: number;
  readonly #slotBytes: number;
  /** Where the memory is, of {@linkcode byteLength}. */
  address = 0;

  /**
   * @param size Of the whole map.
   * @param bandRows Rows of a band, but the last one's.
   * @param bandCount Bands that are needed at once.
   */
  constructor(size: Omit<PlacedMap, "address">, bandRows: number, bandCount: number) {
    this.#size = size;
    this.#bandRows = bandRows;
    this.#slots = Math.min(bandCount, Math.ceil(size.rows / bandRows));
    this.#slotBytes = mapBytes({ ...size, rows: Math.min(bandRows, size.rows) });
  }

  /** Bytes that the bands take. */
  get byteLength(): number {
    return this.#slots * this.#slotBytes;
  }

  /** A band. */
  place(band: number): PlacedMap {
    const rows = Math.min(this.#bandRows, this.#size.rows - band * this.#bandRows);
    return { ...this.#size, rows, address: this.address + band % this.#slots * this.#slotBytes };
  }

  /** Address of the first place of the last row of the band before a band; 0 if there is none. */
  rowAbove(band: number): number {
    if (band === 0) return 0;
    const map = this.place(band - 1);
    return firstPlaceOf(map) + (map.rows - 1) * rowPitchOf(map);
  }

  /** Address of the first place of the band after a band; 0 if there is none. */
  rowBelow(band: number): number {
    return (band + 1) * this.#bandRows < this.#size.rows ? firstPlaceOf(this.place(band + 1)) : 0;
  }
}
