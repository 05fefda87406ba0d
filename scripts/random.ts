/** Repeatable numbers (xorshift32), so that a failure can be seen again. */
export class RandomNumbers {
  /** What the next number follows from; not 0. */
  state: number;

  /** @param seed Any number. */
  constructor(seed: number) {
    this.state = (seed | 0) || 1;
  }

  /** The next number in [0, 2^32). */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** The next integer in [0, limit). */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** The next number in [0, 1). */
  share(): number {
    return this.next() / 2 ** 32;
  }
}
