/** Sizes of rectangles that the coder of graphics takes, and the memory that it needs for them. */

import { EntropyError } from "../errors.ts";

/** Most pixels of a rectangle; larger pictures are coded in several rectangles. */
export const MAX_GRAPHICS_PIXELS: number = 2 ** 24;
/** Longest side of a rectangle, in pixels. */
const MAX_SIDE = 2 ** 20;

/** A rectangle of interleaved samples. */
export interface GraphicsShape {
  /** Columns, 0 … 2^20. */
  readonly width: number;
  /** Rows, 0 … 2^20. */
  readonly height: number;
  /** 1 (gray), 3 (red, green, blue) or 4 (and alpha, not premultiplied). */
  readonly channels: number;
  /** Bits per sample, 1 … 16: samples are 0 … 2^bitDepth − 1. */
  readonly bitDepth: number;
}

/**
 * Checks a shape.
 *
 * @param shape The shape.
 * @throws {EntropyError} `entropy-range` when the coder cannot take it.
 */
export function checkGraphicsShape({ width, height, channels, bitDepth }: GraphicsShape): void {
  const sides = [width, height].every((side) => Number.isInteger(side) && side >= 0 && side <= MAX_SIDE);
  if (!sides || width * height > MAX_GRAPHICS_PIXELS) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code graphics of ${width}×${height} pixels: each side must be a whole number up to ${MAX_SIDE}, ` +
        `their product at most ${MAX_GRAPHICS_PIXELS}; code it in several rectangles`,
    );
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code graphics of ${channels} channels: there must be 1, 3 or 4; add or drop channels`,
    );
  }
  if (!Number.isInteger(bitDepth) || bitDepth < 1 || bitDepth > 16) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code graphics of ${bitDepth} bits per sample: the depth must be a whole number from 1 to 16; ` +
        "convert the samples",
    );
  }
}

/**
 * The most memory that the decoder of a rectangle allocates, besides the stream and the samples it returns. The encoder
 * needs 2 bytes more per binary decision: 3 per pixel of typical graphics, up to 150 per pixel of noise with 16 bits.
 *
 * @param shape The shape; it must be one that the coder takes.
 * @returns Bytes.
 */
export function graphicsMemoryBytes({ width, height, channels }: GraphicsShape): number {
  const pixels = width * height;
  return 32 * 2 ** 20 + pixels * (2 * channels + 28) + 256 * (width + height);
}
