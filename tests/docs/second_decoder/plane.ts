/** What contexts see of a plane: an array that is 0 wherever nothing is. */
export class Plane {
  readonly #entries: Int32Array;

  constructor(readonly width: number, readonly height: number, readonly outside = 0) {
    this.#entries = new Int32Array(width * height).fill(outside);
  }

  /** The entry at a position. */
  at(x: number, y: number): number {
    return x >= 0 && y >= 0 && x < this.width && y < this.height
      ? this.#entries[y * this.width + x]
      : this.outside;
  }

  /** Sets the entry at a position inside. */
  set(x: number, y: number, value: number): void {
    this.#entries[y * this.width + x] = value;
  }

  /** Sum of all entries. */
  sum(): number {
    return this.#entries.reduce((a, b) => a + b, 0);
  }
}

/** The entry, W, E, N and S with weights. */
export function cross(plane: Plane | undefined, x: number, y: number, centre: number): number {
  if (!plane) return 0;
  return centre * plane.at(x, y) + plane.at(x - 1, y) + plane.at(x + 1, y) + plane.at(x, y - 1) +
    plane.at(x, y + 1);
}
