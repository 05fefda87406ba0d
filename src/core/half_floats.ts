const FRACTION_BITS = 10, FRACTION_MASK = 1023, EXPONENT_MASK = 31;
/** What a fraction's last bit is worth, by exponent: those of exponent 0 have no leading one. */
const UNITS = Float32Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** The values of floats of 16 bits (IEEE 754 binary16). */
export function halfFloats(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const bits = halves[i], exponent = bits >> FRACTION_BITS & EXPONENT_MASK;
    const fraction = (bits & FRACTION_MASK) + (exponent > 0 ? FRACTION_MASK + 1 : 0);
    const magnitude = exponent < EXPONENT_MASK
      ? fraction * UNITS[exponent]
      : bits & FRACTION_MASK
      ? NaN
      : Infinity;
    floats[i] = bits >> 15 ? -magnitude : magnitude;
  }
  return floats;
}
