import { InvalidValueError } from "./errors.ts";
import { levelSizes } from "./level_sizes.ts";

/** Subband orientation: 0 LL, 1 HL, 2 LH, 3 HH; the first letter is horizontal (HL: high-pass along x). */
export type Orientation = 0 | 1 | 2 | 3;

/** Largest number of decomposition levels. */
export const MAX_LEVELS = 10;

/**
 * One subband of one channel: row-major at `[offset, offset + width * height)` of the packed coefficients. The same
 * shape is declared by `src/entropy/`, which imports nothing.
 */
export interface Band {
  /** 1 is the finest; LL is at the coarsest level. */
  readonly level: number;
  /** Which of the four subbands. */
  readonly orientation: Orientation;
  /** Channel of the source tensor. */
  readonly channel: number;
  /** First coefficient, in elements. */
  readonly offset: number;
  /** Columns; may be 0. */
  readonly width: number;
  /** Rows; may be 0. */
  readonly height: number;
}

/** Where each subband of a (channels, height, width) tensor lies after `levels` of decomposition. */
export interface PyramidLayout {
  /** Name of the wavelet, see `src/wavelets/`. */
  readonly wavelet: string;
  /** Levels of decomposition, 0 to {@linkcode MAX_LEVELS}. */
  readonly levels: number;
  /** Channels of the source. */
  readonly channels: number;
  /** Columns of the source. */
  readonly width: number;
  /** Rows of the source. */
  readonly height: number;
  /**
   * In coding order, coarse to fine: LL of all channels, then for each level from the coarsest HL, LH, HH, each of all
   * channels. Offsets follow the same order without gaps.
   */
  readonly bands: readonly Band[];
  /** Elements of the packed pyramid; equals those of the source. */
  readonly coefficientCount: number;
}

/**
 * Computes the layout. `n` samples split into ⌈n/2⌉ low and ⌊n/2⌋ high; a side of one sample stays as it is.
 *
 * @param source Extents of the tensor, channels 1 to 255, sides 1 to 2^24.
 * @param levels 0 to 10; more than the size has room for is allowed and gives empty bands.
 */
export function pyramidLayout(
  wavelet: string,
  levels: number,
  source: { channels: number; width: number; height: number },
): PyramidLayout {
  const { channels, width, height } = source;
  if (!Number.isInteger(levels) || levels < 0 || levels > MAX_LEVELS) {
    throw new InvalidValueError(
      "wavelet-levels",
      `Cannot lay out a pyramid: levels must be 0 to ${MAX_LEVELS} (got ${levels}). Use a number of ` +
        "this range.",
    );
  }
  const bands: Band[] = [];
  let offset = 0;
  const push = (level: number, orientation: Orientation, w: number, h: number) => {
    for (let channel = 0; channel < channels; channel++) {
      bands.push({ level, orientation, channel, offset, width: w, height: h });
      offset += w * h;
    }
  };
  const sizes = levelSizes({ width, height, levels });
  push(levels, 0, sizes[levels].width, sizes[levels].height);
  for (let level = levels; level >= 1; level--) {
    const whole = sizes[level - 1], low = sizes[level];
    push(level, 1, whole.width - low.width, low.height);
    push(level, 2, low.width, whole.height - low.height);
    push(level, 3, whole.width - low.width, whole.height - low.height);
  }
  return { wavelet, levels, channels, width, height, bands, coefficientCount: offset };
}

/** What tells layouts apart: equal keys, equal layouts. */
export function layoutKey(layout: PyramidLayout): readonly (number | string)[] {
  return [layout.wavelet, layout.levels, layout.channels, layout.width, layout.height];
}
