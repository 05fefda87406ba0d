import { concat } from "../core/concat.ts";
import { damaged } from "./errors.ts";
import { webpChunks } from "./headers/webp.ts";
import { riffChunk, riffFile, uint24 } from "./riff.ts";
import type { Picture } from "./picture.ts";

/** Bytes of an `ANMF` chunk before the chunks of its frame. */
const FRAME_HEADER_BYTES = 16;
const ALPHA_FLAG = 0x10;

/** The first frame of an animated WebP file. */
export interface WebpFrame {
  /** The frame as a still WebP file. */
  readonly file: Uint8Array;
  /** Where its left column lies on the canvas. */
  readonly x: number;
  /** Where its top row lies on the canvas. */
  readonly y: number;
}

/**
 * Takes the first frame out of an animated WebP file: the library reads still files only.
 *
 * @param bytes The file.
 * @returns The frame.
 * @throws ImageError `image-damaged`.
 */
export function firstWebpFrame(bytes: Uint8Array): WebpFrame {
  for (const { type, data } of webpChunks(bytes)) {
    if (type !== "ANMF") continue;
    if (data.length < FRAME_HEADER_BYTES) break;
    const parts = new Map<string, Uint8Array>();
    for (const part of webpChunks(data, FRAME_HEADER_BYTES)) parts.set(part.type, part.data);
    const alpha = parts.get("ALPH"), lossy = parts.get("VP8 "), lossless = parts.get("VP8L");
    const pixels = lossy ? riffChunk("VP8 ", lossy) : lossless && riffChunk("VP8L", lossless);
    if (!pixels) break;
    const extended = concat([Uint8Array.of(ALPHA_FLAG, 0, 0, 0), data.subarray(6, 12)]);
    const chunks = alpha && lossy
      ? [riffChunk("VP8X", extended), riffChunk("ALPH", alpha), pixels]
      : [pixels];
    return { file: riffFile("WEBP", chunks), x: 2 * uint24(data, 0), y: 2 * uint24(data, 3) };
  }
  throw damaged("WebP", "its animation holds no frame");
}

/**
 * Puts a frame on its canvas, which is transparent elsewhere.
 *
 * @param frame The frame's pixels.
 * @param x Column of its left edge.
 * @param y Row of its top edge.
 * @param width Columns of the canvas.
 * @param height Rows of the canvas.
 * @returns The canvas.
 * @throws ImageError `image-damaged` if the frame reaches beyond the canvas.
 */
export function onCanvas(frame: Picture, x: number, y: number, width: number, height: number): Picture {
  if (x === 0 && y === 0 && frame.width === width && frame.height === height) return frame;
  if (x + frame.width > width || y + frame.height > height) {
    throw damaged("WebP", "a frame of its animation reaches beyond its canvas");
  }
  const data = new Uint8ClampedArray(4 * width * height), rowBytes = 4 * frame.width;
  for (let row = 0; row < frame.height; row++) {
    data.set(frame.data.subarray(row * rowBytes, (row + 1) * rowBytes), 4 * ((y + row) * width + x));
  }
  return { data, width, height };
}
