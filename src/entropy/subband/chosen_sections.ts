/**
 * The sections of what a quantiser chose: it walks the model as an encoder does, so that the stream is there when the values are.
 * They are kept until the values are coded, or others are chosen.
 */

import type { BandShape } from "../bands.ts";

interface ChosenSections {
  readonly isTrellis: boolean;
  readonly bands: readonly BandShape[];
  readonly values: Int32Array;
  readonly sections: readonly Uint8Array[];
}

let last: ChosenSections | undefined;

/**
 * Keeps the sections of values.
 *
 * @param isTrellis Whether values of detail bands are those of a trellis.
 * @param bands All bands of the values.
 * @param values Not changed afterwards.
 * @param sections Their sections.
 */
export function keepSections(
  isTrellis: boolean,
  bands: readonly BandShape[],
  values: Int32Array,
  sections: readonly Uint8Array[],
): void {
  last = { isTrellis, bands: bands.map((band) => ({ ...band })), values, sections };
}

/**
 * The kept sections, if they are those of these values; nothing is kept afterwards.
 *
 * @param isTrellis Whether values of detail bands are those of a trellis.
 * @param bands All bands of the values.
 * @param values Any.
 * @returns `undefined` where other values were chosen last, or none.
 */
export function takeSections(
  isTrellis: boolean,
  bands: readonly BandShape[],
  values: Int32Array,
): readonly Uint8Array[] | undefined {
  const kept = last;
  last = undefined;
  const areTheirs = kept?.isTrellis === isTrellis && sameBands(kept.bands, bands) &&
    sameValues(kept.values, values);
  return areTheirs ? kept.sections : undefined;
}

function sameBands(some: readonly BandShape[], others: readonly BandShape[]): boolean {
  return some.length === others.length &&
    some.every((band, i) =>
      band.orientation === others[i].orientation && band.channel === others[i].channel &&
      band.level === others[i].level && band.width === others[i].width && band.height === others[i].height &&
      band.offset === others[i].offset
    );
}

function sameValues(some: Int32Array, others: Int32Array): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}
