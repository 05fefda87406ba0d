/** The median predictor of the static coder's LL bands (as in LOCO-I: Weinberger, Seroussi, Sapiro 2000). */

/**
 * Predicts a value from its west, north and north-west neighbours: their median-of-three with w + n − nw.
 * Without a row above: w; without a column to the left: n; without either: 0.
 *
 * @param values Row-major plane, i32.
 * @param index Index of the value to predict.
 * @param x Its column.
 * @param y Its row.
 * @param width Columns of the plane.
 * @returns The prediction, i32.
 */
export function medianPrediction(
  values: Int32Array,
  index: number,
  x: number,
  y: number,
  width: number,
): number {
  if (y === 0) return x === 0 ? 0 : values[index - 1];
  const north = values[index - width];
  if (x === 0) return north;
  const west = values[index - 1];
  const northWest = values[index - width - 1];
  const low = Math.min(west, north);
  const high = Math.max(west, north);
  if (northWest >= high) return low;
  if (northWest <= low) return high;
  return west + north - northWest;
}
