/** Digit of a coefficient that is 0; digits 0 to 14 stand for its negative and positive multiples. */
export const ZERO_DIGIT = 7;
/** Coefficients along one side. */
export const FREQUENCIES = 12;
/** Bytes before the mean of alpha or the coefficients: aspect ratio, means of Y, Cb and Cr, two of scales. */
export const HEAD_BYTES = 6;
/** Longer side of the grid that the coefficients are ordered for. */
export const GRID_SIDE = 64;

/** Whose coefficient each digit is, over and over: Y, Cb, Cr, and alpha where there is any. */
export const TURNS = [0, 0, 0, 1, 0, 0, 0, 2] as const;
/** The same with alpha. */
export const TURNS_WITH_ALPHA = [0, 3, 0, 1, 0, 3, 0, 2] as const;

/** The smallest sides of an aspect ratio whose longer one has so many pixels. */
export function sidesOf(aspectByte: number, longer: number): readonly [width: number, height: number] {
  const ratio = 2 ** ((aspectByte - 128) / 16);
  const shorter = Math.max(1, Math.round(longer / Math.max(ratio, 1 / ratio)));
  return ratio > 1 ? [longer, shorter] : [shorter, longer];
}

/** Half waves across and down of each coefficient, those with the longest waves first. */
export function coefficientOrder(aspectByte: number): readonly (readonly [across: number, down: number])[] {
  const [width, height] = sidesOf(aspectByte, GRID_SIDE);
  const waves = ([across, down]: readonly number[]) => (across * height) ** 2 + (down * width) ** 2;
  return Array.from(
    { length: FREQUENCIES ** 2 },
    (_, i) => [i % FREQUENCIES, Math.floor(i / FREQUENCIES)] as const,
  ).slice(1).sort((a, b) => waves(a) - waves(b));
}

/** Amplitude of a digit at a scale, in levels of 8 bits. */
export function amplitudeOf(digit: number, scale: number): number {
  const share = (digit - ZERO_DIGIT) / ZERO_DIGIT;
  return 2 ** (scale >> 1) * (scale & 1 ? Math.SQRT2 : 1) * share * Math.abs(share);
}
