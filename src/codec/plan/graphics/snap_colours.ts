import type { PictureLike } from "../../../world.ts";

/** Most colours that are tried as substitutes, the most frequent first: beyond, colours stay as they are. */
const MOST_SUBSTITUTES = 512;
/** A colour that so many pixels share with all neighbours on the left and above is that of an area, and stays, */
const LEAST_AREA_PIXELS = 32;
/** if they are this share of its pixels: of grain they are less. */
const LEAST_AREA_SHARE = 0.25;
/** Bits per sample of the cells in which substitutes are looked up. */
const CELL_BITS = 4;

/**
 * A picture with fewer colours: each colour gives way to a more frequent one within a tolerance. Colours of flat areas stay
 * exactly as they are, so that grounds and ramps keep theirs, while grain and soft edges change. Fully transparent pixels get
 * one colour.
 *
 * @param picture 8 bits per sample.
 * @param tolerance Largest change of a sample, in levels; 0 changes visible pixels in nothing.
 */
export function snapColours(picture: PictureLike, tolerance: number): PictureLike {
  const { data, width, height } = picture, snapped = new Uint8ClampedArray(data);
  const counts = new Map<number, number>(), areas = new Map<number, number>();
  const colourAt = (i: number) => data[i] << 16 | data[i + 1] << 8 | data[i + 2];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) {
      snapped.fill(0, i, i + 3);
      continue;
    }
    const colour = colourAt(i), above = i - 4 * width;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
    const isInArea = above >= 4 && colourAt(i - 4) === colour && colourAt(above) === colour &&
      colourAt(above - 4) === colour;
    if (isInArea) areas.set(colour, (areas.get(colour) ?? 0) + 1);
  }
  if (tolerance === 0) return { data: snapped, width, height };
  const isArea = (colour: number) => {
    const pixels = areas.get(colour) ?? 0;
    return pixels >= Math.max(LEAST_AREA_PIXELS, LEAST_AREA_SHARE * counts.get(colour)!);
  };
  const substitutes = substitutesOf(counts, isArea, tolerance);
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) continue;
    const substitute = substitutes.get(colourAt(i));
    if (substitute === undefined) continue;
    snapped[i] = substitute >> 16;
    snapped[i + 1] = substitute >> 8 & 255;
    snapped[i + 2] = substitute & 255;
  }
  return { data: snapped, width, height };
}

/** What each colour gives way to; those that stay are left out. */
function substitutesOf(
  counts: ReadonlyMap<number, number>,
  isArea: (colour: number) => boolean,
  tolerance: number,
): Map<number, number> {
  // Colours of one count by their value: the same order on every machine.
  const byCount = [...counts].sort(([a, x], [b, y]) =>
    Number(isArea(b)) - Number(isArea(a)) || y - x || a - b
  ).map(([colour]) => colour);
  const cells = new Map<number, number[]>(), substitutes = new Map<number, number>();
  let kept = 0;
  for (const colour of byCount) {
    const substitute = isArea(colour) ? undefined : nearest(cells, colour, tolerance);
    if (substitute !== undefined) substitutes.set(colour, substitute);
    else if (kept < MOST_SUBSTITUTES) {
      const cell = cellOf(colour >> 16, colour >> 8 & 255, colour & 255);
      cells.set(cell, [...(cells.get(cell) ?? []), colour]);
      kept++;
    }
  }
  return substitutes;
}

function cellOf(red: number, green: number, blue: number): number {
  const shift = 8 - CELL_BITS;
  return (red >> shift) << 2 * CELL_BITS | (green >> shift) << CELL_BITS | blue >> shift;
}

/** The kept colour with the least squared difference, the earlier of equals; `undefined` if none is within the tolerance. */
function nearest(
  cells: ReadonlyMap<number, readonly number[]>,
  colour: number,
  tolerance: number,
): number | undefined {
  const channels = [colour >> 16, colour >> 8 & 255, colour & 255], shift = 8 - CELL_BITS;
  const [red, green, blue] = channels.map((sample) => [
    Math.max(0, sample - tolerance) >> shift,
    Math.min(255, sample + tolerance) >> shift,
  ]);
  let best: number | undefined, least = Infinity;
  for (let r = red[0]; r <= red[1]; r++) {
    for (let g = green[0]; g <= green[1]; g++) {
      for (let b = blue[0]; b <= blue[1]; b++) {
        for (const other of cells.get(r << 2 * CELL_BITS | g << CELL_BITS | b) ?? []) {
          const differences = [other >> 16, other >> 8 & 255, other & 255].map((v, c) => v - channels[c]);
          if (differences.some((difference) => Math.abs(difference) > tolerance)) continue;
          const square = differences.reduce((sum, difference) => sum + difference * difference, 0);
          if (square < least) [best, least] = [other, square];
        }
      }
    }
  }
  return best;
}
