import type { Rect } from "./tile_grid.ts";

/** Columns of a share at most: a decoder's maps take 21 kB per column, so 60 MB. */
const MOST_SHARE_COLUMNS = 2816;

/** What shares depend on. */
export interface ShareChoice {
  /** Jobs that run at a time. */
  readonly threads: number;
  /** Pixels around a share that its job computes as well. */
  readonly marginPixels: number;
  /** Pixels of a share at most, its margin not counted. */
  readonly mostPixels: number;
  /** Shares begin at multiples of this from the rectangle's origin. */
  readonly unit: number;
}

/**
 * Cuts a rectangle of pixels into shares that nets show. Tiles would do, but each has a margin that is computed for it alone:
 * larger shares compute less, as many of one size as there are threads end at the same time.
 *
 * @returns Groups of shares, from top to bottom; shares of one group are shown at the same time.
 */
export function sharesOf({ x, y, width, height }: Rect, choice: ShareChoice): Rect[][] {
  const { unit } = choice;
  const { columns, rows } = bestCut(width, height, choice);
  const xs = parts(width, columns, unit), ys = parts(height, rows, unit);
  const all = ys.flatMap((row) =>
    xs.map((column) => ({ x: x + column.start, y: y + row.start, width: column.size, height: row.size }))
  );
  const size = groupSize(xs.length, choice.threads);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Whole rows of shares, at least as many shares as threads. */
function groupSize(columns: number, threads: number): number {
  return columns * Math.ceil(threads / columns);
}

/** The cut for which the threads compute the fewest pixels one after the other. */
function bestCut(width: number, height: number, { threads, marginPixels, mostPixels }: ShareChoice) {
  const withMargins = (side: number, count: number) => side + 2 * marginPixels * (count - 1);
  let best = { columns: 1, rows: 1, pixels: Infinity };
  const least = Math.ceil(width / MOST_SHARE_COLUMNS);
  for (let columns = least; columns <= least + threads; columns++) {
    const leastRows = Math.ceil(width / columns * height / mostPixels);
    for (let rows = leastRows; rows <= leastRows + threads; rows++) {
      const share = withMargins(width, columns) / columns * withMargins(height, rows) / rows;
      const size = groupSize(columns, threads), count = columns * rows;
      const turns = Math.floor(count / size) * Math.ceil(size / threads) + Math.ceil(count % size / threads);
      if (turns * share < best.pixels) best = { columns, rows, pixels: turns * share };
    }
  }
  return best;
}

function parts(
  side: number,
  count: number,
  unit: number,
): { readonly start: number; readonly size: number }[] {
  const size = Math.ceil(side / count / unit) * unit;
  return Array.from({ length: Math.ceil(side / size) }, (_, i) => ({
    start: i * size,
    size: Math.min(size, side - i * size),
  }));
}
