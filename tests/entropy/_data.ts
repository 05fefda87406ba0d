/** Seeded data for the entropy tests. */

/** A small repeatable generator (xorshift32) of numbers in [0, 2^32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed | 0) || 1;
  }

  /** Next u32. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** Next integer in [0, limit). */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** Two-sided geometric value; the chance to go on is `percent` in 100. */
  laplacian(percent: number): number {
    let magnitude = 0;
    while (magnitude < 1000 && this.below(100) < percent) magnitude++;
    return this.below(2) === 0 ? magnitude : -magnitude;
  }
}

/** Coefficients with a given chance to go on, some of them escapes when `escapePerMille` is above 0. */
export function laplacianCoefficients(
  seed: number,
  count: number,
  percent: number,
  escapePerMille = 0,
): Int32Array {
  const random = new SeededRandom(seed);
  return Int32Array.from({ length: count }, () => {
    const value = random.laplacian(percent);
    return random.below(1000) < escapePerMille ? (random.next() | 0) >> (1 + random.below(20)) : value;
  });
}
