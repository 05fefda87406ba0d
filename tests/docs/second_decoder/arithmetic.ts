/** Notation and tables of the specification, parts 0 and 3.3. Written from the pages, not from `src/`. */

/** Bit length. */
export const bits = (a: number): number => a === 0 ? 0 : 1 + Math.floor(Math.log2(a));
/** Nearest number from `low` to `high`. */
export const clamp = (a: number, low: number, high: number): number => Math.min(high, Math.max(low, a));
/** Nearest number of magnitude `most` or less. */
export const limit = (a: number, most: number): number => clamp(a, -most, most);
/** 32-bit product, which wraps. */
export const times = Math.imul;

/** Base-2 logarithm with `fractionBits` fraction bits. */
export function log2fixed(value: number, fractionBits: number): number {
  const exponent = bits(value) - 1;
  let mantissa = Math.floor(value * 2 ** (25 - exponent)), result = exponent;
  for (let i = 0; i < fractionBits; i++) {
    mantissa *= mantissa;
    const carry = mantissa >= 2 ** 51 ? 1 : 0;
    result = 2 * result + carry;
    mantissa = Math.floor(mantissa / 2 ** (25 + carry));
  }
  return result;
}

const SQUASH_TABLE = squashTable(32), WIDE_SQUASH_TABLE = squashTable(1);

/** Probability of a logit. */
export const squash = (x: number): number => SQUASH_TABLE[x + 3072];
/** Of part 7: the same, limited less. */
export const wideSquash = (x: number): number => WIDE_SQUASH_TABLE[x + 3072];

const STRETCH_TABLE = Array.from({ length: 4096 }, (_, i) => {
  let low = -2047, high = 2047;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (squash(middle) >= 16 * i + 8) high = middle;
    else low = middle + 1;
  }
  return low;
});

/** Logit of the probability 16 · i. */
export const stretch = (i: number): number => STRETCH_TABLE[i];

function squashTable(least: number): number[] {
  const one = 2n ** 60n;
  let term = one, ratio = one;
  for (let k = 1n; k <= 12n; k++) {
    term /= 256n * k;
    ratio += term;
  }
  const powers = [one];
  for (let x = 0; x < 3072; x++) powers.push(powers[x] * ratio >> 60n);
  return Array.from({ length: 6144 }, (_, i) => {
    const x = i - 3072, power = powers[Math.abs(x)];
    const upper = Number(65536n * power / (power + one));
    return clamp(x >= 0 ? upper : 65536 - upper, least, 65536 - least);
  });
}
