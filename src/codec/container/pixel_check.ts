import { crc32c } from "../../format/mod.ts";
import type { AnyPicture } from "../samples.ts";

/**
 * CRC-32C of the samples that a lossless file keeps, four bytes little-endian: pixel by pixel R, G, B (only R of grey
 * pictures), and A where alpha is kept exactly; samples of 16 bits lowest byte first.
 */
export function pixelCheck(
  { data, width, height }: AnyPicture,
  { grey, alpha }: { readonly grey: boolean; readonly alpha: boolean },
): Uint8Array {
  const channels = [...(grey ? [0] : [0, 1, 2]), ...(alpha ? [3] : [])];
  const row = data instanceof Uint16Array
    ? new Uint16Array(width * channels.length)
    : new Uint8Array(width * channels.length);
  const bytes = littleEndianBytes(row);
  let crc = 0;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < channels.length; i++) {
      copySamples(data, 4 * y * width + channels[i], row, i, channels.length);
    }
    crc = crc32c(bytes(), crc);
  }
  const check = new Uint8Array(4);
  new DataView(check.buffer).setUint32(0, crc, true);
  return check;
}

/** Copies every fourth sample from `from` on to every `apart`-th place of a row. */
function copySamples(
  data: AnyPicture["data"],
  from: number,
  row: Uint8Array | Uint16Array,
  first: number,
  apart: number,
): void {
  for (let to = first; to < row.length; to += apart, from += 4) row[to] = data[from];
}

/** Gives the bytes of `samples` as they are at the time of the call. */
function littleEndianBytes(samples: Uint8Array | Uint16Array): () => Uint8Array {
  if (samples instanceof Uint8Array) return () => samples;
  const bytes = new Uint8Array(2 * samples.length), view = new DataView(bytes.buffer);
  return () => {
    samples.forEach((sample, i) => view.setUint16(2 * i, sample, true));
    return bytes;
  };
}
