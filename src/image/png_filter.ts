/**
 * PNG's five row filters (PNG specification, clause 9), shared by reader and writer.
 *
 * A filter predicts each byte from the byte one pixel to the left (a), the one above (b) and the one above
 * left (c), and stores the difference modulo 256. Outside the picture those bytes are 0.
 *
 * @module
 */

/** How many filter types there are: none, left, above, average, Paeth. */
export const FILTER_COUNT = 5;

/** Paeth's predictor: whichever of left, above and above-left is nearest to left + above − aboveLeft. */
function paeth(left: number, above: number, aboveLeft: number): number {
  const toLeft = Math.abs(above - aboveLeft);
  const toAbove = Math.abs(left - aboveLeft);
  const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}

/**
 * Undoes a row's filter in place.
 *
 * @param type The filter, 0–4.
 * @param row The row's bytes, filtered on entry, plain on return.
 * @param above The plain row above; zeros for the first.
 * @param unit Bytes from a pixel to the next, at least 1.
 */
export function unfilterRow(type: number, row: Uint8Array, above: Uint8Array, unit: number): void {
  const n = row.length;
  switch (type) {
    case 1:
      for (let i = unit; i < n; i++) row[i] += row[i - unit];
      break;
    case 2:
      for (let i = 0; i < n; i++) row[i] += above[i];
      break;
    case 3:
      for (let i = 0; i < unit; i++) row[i] += above[i] >> 1;
      for (let i = unit; i < n; i++) row[i] += (row[i - unit] + above[i]) >> 1;
      break;
    case 4:
      for (let i = 0; i < unit; i++) row[i] += above[i];
      for (let i = unit; i < n; i++) row[i] += paeth(row[i - unit], above[i], above[i - unit]);
      break;
  }
}

/**
 * Filters a row.
 *
 * @param type The filter, 0–4.
 * @param row The plain row.
 * @param above The plain row above; zeros for the first.
 * @param unit Bytes from a pixel to the next.
 * @param filtered Receives the result; as long as the row.
 * @returns The sum of the differences' magnitudes: the smaller, the better it usually compresses.
 */
export function filterRow(
  type: number,
  row: Uint8Array,
  above: Uint8Array,
  unit: number,
  filtered: Uint8Array,
): number {
  let magnitude = 0;
  for (let i = 0; i < row.length; i++) {
    const left = i < unit ? 0 : row[i - unit];
    const up = above[i];
    let prediction = 0;
    if (type === 1) prediction = left;
    else if (type === 2) prediction = up;
    else if (type === 3) prediction = (left + up) >> 1;
    else if (type === 4) prediction = paeth(left, up, i < unit ? 0 : above[i - unit]);
    const difference = (row[i] - prediction) & 0xff;
    filtered[i] = difference;
    magnitude += difference < 128 ? difference : 256 - difference;
  }
  return magnitude;
}
