/** The number that a half-precision float stands for; not finite ones are not told apart. */
export function fromFloat16(half: number): number {
  const sign = half >> 15 === 0 ? 1 : -1, exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent === 31) return NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The half-precision float next to a number of less than 65504. */
export function toFloat16(value: number): number {
  const sign = value < 0 ? 0x8000 : 0, size = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  // A fraction that rounds up to 1024 is the next power of two, as it should be.
  return sign + (exponent + 14) * 1024 + Math.round(size * 2 ** (10 - exponent));
}
