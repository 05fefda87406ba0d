/** The picture data of a PNG file: rows, filtered and deflated. */

import type { DeepPicture, Picture } from "../picture.ts";
import type { DeflateKernel } from "./deflate_kernel.ts";
import { DEFLATE_ADDRESSES as AT, PIXELS_AT_ONCE, ROW_MARGIN_BYTES, SLACK_BYTES } from "./deflate_memory.ts";
import { Deflater } from "./deflater.ts";

/**
 * Filters and deflates the rows of a picture. Each row takes the filter whose differences are smallest in sum, the PNG
 * specification's own heuristic (clause 12.7).
 *
 * @param kernel Computes.
 * @param picture The picture.
 * @param channels Channels to write: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
 * @param emit Receives the zlib stream piece by piece.
 */
export function deflateRows(
  kernel: DeflateKernel,
  { data, width, height }: Picture | DeepPicture,
  channels: number,
  emit: (bytes: Uint8Array<ArrayBuffer>) => void,
): void {
  const isDeep = data instanceof Uint16Array, pixelBytes = 4 * data.BYTES_PER_ELEMENT;
  const unit = channels * data.BYTES_PER_ELEMENT, rowBytes = width * unit;
  const bufferBytes = ROW_MARGIN_BYTES + Math.ceil((rowBytes + SLACK_BYTES) / 16) * 16;
  let row = AT.rest + ROW_MARGIN_BYTES, above = row + bufferBytes;
  kernel.grow(AT.rest + 2 * bufferBytes);
  new Uint8Array(kernel.memory).fill(0, AT.rest, AT.rest + 2 * bufferBytes);
  const deflater = new Deflater(kernel, AT.rest + 2 * bufferBytes, rowBytes + 1, emit);
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const memory = new Uint8Array(kernel.memory);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += PIXELS_AT_ONCE) {
      const pixels = Math.min(PIXELS_AT_ONCE, width - x), from = (y * width + x) * pixelBytes;
      memory.set(source.subarray(from, from + pixels * pixelBytes), AT.pixels);
      kernel.pack(row + x * unit, pixels, channels, isDeep);
    }
    kernel.filter(row, above, rowBytes, unit, deflater.reserve(1 + rowBytes));
    deflater.add(1 + rowBytes);
    [row, above] = [above, row];
  }
  deflater.finish();
}
