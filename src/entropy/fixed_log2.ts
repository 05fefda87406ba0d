/** Base-2 logarithms in fixed point, by integer arithmetic only, so that every machine makes the same tables. */

/** A square's first value with a digit of 1, and the factor that makes other squares mantissas. Powers of two: products are exact. */
const OVERFLOW = 2 ** 51, UNIT = 2 ** -25;

/**
 * log2 of a positive integer, rounded down to 2^−fractionBits.
 *
 * The mantissa is kept in 26 bits and squared once a bit of the result: squaring doubles the logarithm, and its
 * overflow past 2 is the next binary digit.
 *
 * @param value An integer in 1 … 2^31 − 1.
 * @param fractionBits Fraction bits of the result, 0..14.
 * @returns floor(log2(value) · 2^fractionBits), up to 2 units too low from the 26-bit mantissa.
 */
export function log2Fixed(value: number, fractionBits: number): number {
  const exponent = 31 - Math.clz32(value);
  if ((value & (value - 1)) === 0) return exponent * 2 ** fractionBits;
  // A 26-bit mantissa in [2^25, 2^26): its square is below 2^52, exact in a double.
  let mantissa = exponent <= 25 ? value * 2 ** (25 - exponent) : Math.floor(value / 2 ** (exponent - 25));
  let result = exponent;
  for (let bit = 0; bit < fractionBits; bit++) {
    const square = mantissa * mantissa, overflows = square >= OVERFLOW;
    mantissa = Math.floor(square * (overflows ? UNIT / 2 : UNIT));
    result = result * 2 + Number(overflows);
  }
  return result;
}

/**
 * Fills a table with values that never fall, by halves: where both ends are equal, so is all between them.
 *
 * @param table The table.
 * @param valueAt The value of a place.
 * @returns The table.
 */
export function risingTable(table: Uint8Array, valueAt: (place: number) => number): Uint8Array {
  const fill = (first: number, low: number, last: number, high: number): void => {
    if (last - first < 2 || low === high) {
      table.fill(low, first, last);
      table[last] = high;
      return;
    }
    const middle = (first + last) >> 1, value = valueAt(middle);
    fill(first, low, middle, value);
    fill(middle, value, last, high);
  };
  const last = table.length - 1;
  fill(0, valueAt(0), last, valueAt(last));
  return table;
}
