/** Sections of planes that no wavelet took apart: by the predictor, or by the coder of graphics where that is smaller. */

import type { BandShape } from "../bands.ts";
import {
  canBeGraphics,
  decodeGraphicsSection,
  encodeGraphicsSection,
  GRAPHICS_MARK,
  mayBeGraphics,
} from "./graphics_section.ts";
import { decodeSamples, encodeSamples, sampleEffort } from "./samples.ts";

/** From this effort on both coders are always tried: the coder of graphics is smaller on some photographs, too. */
const BOTH_FROM_EFFORT = 9;

/**
 * Encodes planes of one size.
 *
 * @param values Channel by channel, row by row; magnitudes already checked.
 * @param bands The planes.
 * @param effort 1 … 9.
 * @returns The section's bytes.
 */
export function encodeLosslessSection(
  values: Int32Array,
  bands: readonly BandShape[],
  effort: number,
): Uint8Array {
  const predicted = encodeSamples(values, bands, sampleEffort(effort));
  if (predicted.length === 0 || !canBeGraphics(bands)) return predicted;
  if (effort < BOTH_FROM_EFFORT && !mayBeGraphics(values, bands)) return predicted;
  const graphics = encodeGraphicsSection(values, bands);
  return graphics.length < predicted.length ? graphics : predicted;
}

/**
 * Decodes {@linkcode encodeLosslessSection}'s section.
 *
 * @param bytes The section's bytes.
 * @param values Written, channel by channel.
 * @param bands The planes.
 * @throws {EntropyError} `entropy-corrupt` when the bytes are damaged.
 */
export function decodeLosslessSection(
  bytes: Uint8Array,
  values: Int32Array,
  bands: readonly BandShape[],
): void {
  const isGraphics = bytes.length > 0 && (bytes[0] & GRAPHICS_MARK) === GRAPHICS_MARK;
  return isGraphics ? decodeGraphicsSection(bytes, values, bands) : decodeSamples(bytes, values, bands);
}
