/** Sections of planes whose last one is alpha: a section of the colours and one of alpha. */

import type { BandShape } from "../bands.ts";
import { EntropyError } from "../errors.ts";
import { readVarint, varintBytes } from "../varint.ts";

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

/** A section of two. */
export function joinSections(colours: Uint8Array, alpha: Uint8Array): Uint8Array {
  const head = [SPLIT_MARK, ...varintBytes(colours.length)];
  const section = new Uint8Array(head.length + colours.length + alpha.length);
  section.set(head);
  section.set(colours, head.length);
  section.set(alpha, head.length + colours.length);
  return section;
}

/**
 * The two sections of {@linkcode joinSections}.
 *
 * @throws {EntropyError} `entropy-corrupt` when the first ends beyond the section.
 */
export function separateSections(section: Uint8Array): readonly [colours: Uint8Array, alpha: Uint8Array] {
  let at = 1;
  const length = readVarint(() => {
    if (at === section.length) throw tooShort(at, section.length);
    return section[at++];
  });
  if (length > section.length - at) throw tooShort(at + length, section.length);
  return [section.subarray(at, at + length), section.subarray(at + length)];
}

function tooShort(least: number, length: number): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    `Cannot decode colours and alpha: their section must have at least ${least} bytes (got ${length}). Fetch the section again.`,
  );
}
