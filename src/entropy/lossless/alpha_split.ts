/** Planes whose last one is alpha, which has a section of its own in the section. */

import type { BandShape } from "../bands.ts";

/** Low five bits of the first byte of a section in two parts; those of the predictor are smaller. */
export const SPLIT_MARK = 30;

/** Whether the last of so many planes is alpha. */
export function hasAlphaPlane(bands: readonly BandShape[]): boolean {
  return bands.length === 2 || bands.length === 4;
}

/**
 * The planes of the colours and that of alpha, with the values of each.
 *
 * @param values Channel by channel, row by row.
 * @param bands 2 or 4 planes of one size.
 */
export function splitPlanes(
  values: Int32Array,
  bands: readonly BandShape[],
): { readonly values: Int32Array; readonly bands: readonly BandShape[] }[] {
  return [bands.slice(0, -1), bands.slice(-1)].map((part) => {
    const { offset: start, width, height } = part[0];
    return {
      values: values.subarray(start, start + part.length * width * height),
      bands: part.map((band, channel) => ({ ...band, channel, offset: band.offset - start })),
    };
  });
}
