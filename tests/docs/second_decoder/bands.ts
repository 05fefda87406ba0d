/** Parts 3.1 and 3.2 of the specification. */

/** A band of a tile. */
export interface Band {
  readonly level: number;
  /** 0 LL, 1 HL, 2 LH, 3 HH. */
  readonly orientation: number;
  readonly channel: number;
  readonly width: number;
  readonly height: number;
  /** Row-major. */
  readonly values: Int32Array;
}

/** The bands of a tile in coding order, all 0. */
export function bandsOf(width: number, height: number, channels: number, levels: number): Band[] {
  const widths = [width], heights = [height];
  for (let l = 1; l <= levels; l++) {
    widths.push(Math.ceil(widths[l - 1] / 2));
    heights.push(Math.ceil(heights[l - 1] / 2));
  }
  const bands: Band[] = [];
  const add = (level: number, orientation: number, w: number, h: number) => {
    for (let channel = 0; channel < channels; channel++) {
      bands.push({ level, orientation, channel, width: w, height: h, values: new Int32Array(w * h) });
    }
  };
  add(levels, 0, widths[levels], heights[levels]);
  for (let l = levels; l >= 1; l--) {
    add(l, 1, widths[l - 1] - widths[l], heights[l]);
    add(l, 2, widths[l], heights[l - 1] - heights[l]);
    add(l, 3, widths[l - 1] - widths[l], heights[l - 1] - heights[l]);
  }
  return bands;
}

/** The bands of each packet of a tile. */
export function packetsOf(bands: readonly Band[]): Band[][] {
  const coefficients = bands.reduce((sum, { values }) => sum + values.length, 0), levels = bands[0].level;
  if (coefficients < 4096) return [[...bands]];
  const own = Math.min(2, levels);
  return Array.from(
    { length: 1 + own },
    (_, packet) =>
      bands.filter(({ orientation, level }) =>
        packet === (orientation === 0 || level > own ? 0 : own + 1 - level)
      ),
  );
}

/** Refuses a coefficient out of range. */
export function checked(value: number): number {
  if (Math.abs(value) > 2 ** 30) throw new Error(`coefficient ${value}`);
  return value;
}
