/** Classes of how much a pixel's neighbours differ: one per octave. */
const ACTIVITY_CLASSES = 10;
/** Residuals of differences between channels, modulo 512. */
const RESIDUALS = 512;

/** What median prediction leaves of the samples of G, R − G and B − G, counted by the activity around them. */
export class ResidualCounts {
  readonly #counts = new Uint32Array(3 * ACTIVITY_CLASSES * RESIDUALS);

  /**
   * Counts a sample.
   *
   * @param channel 0 for G, 1 for R − G, 2 for B − G.
   * @param own The sample.
   * @param west Its left neighbour.
   * @param north The neighbour above.
   * @param northWest The neighbour above the left one.
   * @param otherActivity Difference between further neighbours.
   */
  add(channel: number, own: number, west: number, north: number, northWest: number, otherActivity = 0): void {
    const most = Math.max(west, north), least = Math.min(west, north);
    const predicted = northWest >= most ? least : northWest <= least ? most : west + north - northWest;
    const activity = Math.abs(west - northWest) + Math.abs(north - northWest) + otherActivity;
    const activityClass = Math.min(ACTIVITY_CLASSES - 1, 32 - Math.clz32(activity));
    const residual = own - predicted & RESIDUALS - 1;
    this.#counts[(channel * ACTIVITY_CLASSES + activityClass) * RESIDUALS + residual]++;
  }

  /** Entropy of the residuals within their classes, in bits. */
  bits(): number {
    let bits = 0;
    for (let first = 0; first < this.#counts.length; first += RESIDUALS) {
      const own = this.#counts.subarray(first, first + RESIDUALS);
      const total = own.reduce((sum, count) => sum + count, 0);
      for (const count of own) if (count > 0) bits += count * Math.log2(total / count);
    }
    return bits;
  }
}
