/** Lines of text and tiles of patterns are evenly apart, so that strips must not be. */
const GOLDEN_RATIO = 0.618034;

/**
 * First row of a strip in its part of a picture. Strips that stand for a picture are one per part, at places in their parts
 * that do not repeat.
 *
 * @param strip Number of the strip, from 0.
 * @param strips Number of strips; the picture has as many parts of equal height.
 * @param height Rows of the picture, at least `strips` times `rows`.
 * @param rows Rows of a strip.
 */
export function firstRowOfStrip(strip: number, strips: number, height: number, rows: number): number {
  const part = height / strips, shift = (strip + 1) * GOLDEN_RATIO % 1;
  return Math.floor(strip * part + shift * (part - rows));
}
