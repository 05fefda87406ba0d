import { crc32 } from "./crc32.ts";
import { assertPicture, type Picture } from "./picture.ts";
import { FILTER_COUNT, filterRow } from "./png_filter.ts";

/** PNG's colour types at 8 bits, by the number of channels that a picture really uses. */
const COLOUR_TYPES = [0, 0, 4, 2, 6];

/**
 * Encodes a picture as PNG, 8 bits a sample, exactly.
 *
 * Channels that say nothing are left out: an opaque picture becomes RGB, a grey one grey. Each row takes the
 * filter whose differences are smallest in sum, the PNG specification's own heuristic (clause 12.7).
 *
 * @example A pixel survives the trip
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodePicture, encodePng } from "./mod.ts";
 *
 * const picture = { data: new Uint8ClampedArray([10, 20, 30, 255]), width: 1, height: 1 };
 * assertEquals(await decodePicture(await encodePng(picture)), picture);
 * ```
 *
 * @param picture The picture.
 * @returns The file.
 * @throws ImageError `image-invalid` when the data do not match the size.
 */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  assertPicture(picture);
  const { width, height } = picture;
  const channels = usedChannels(picture.data);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels], 0, 0, 0], 8);
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("sRGB", Uint8Array.of(0)), // 8-bit samples mean sRGB here; intent "perceptual"
    chunk("IDAT", await deflate(filterRows(picture, channels))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
function usedChannels(data: Uint8ClampedArray): 1 | 2 | 3 | 4 {
  let grey = true, opaque = true;
  for (let i = 0; i < data.length && (grey || opaque); i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) grey = false;
    if (data[i + 3] !== 255) opaque = false;
  }
  return grey ? (opaque ? 1 : 2) : (opaque ? 3 : 4);
}

/** The rows, each behind the number of the filter it went through. */
function filterRows({ data, width, height }: Picture, channels: number): Uint8Array<ArrayBuffer> {
  const length = width * channels;
  const out = new Uint8Array(height * (1 + length));
  let above = new Uint8Array(length), row = new Uint8Array(length);
  let best = new Uint8Array(length), candidate = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    packRow(data, y * width * 4, row, channels);
    let bestType = 0, bestMagnitude = Infinity;
    for (let type = 0; type < FILTER_COUNT; type++) {
      const magnitude = filterRow(type, row, above, channels, candidate);
      if (magnitude >= bestMagnitude) continue;
      [best, candidate] = [candidate, best];
      [bestType, bestMagnitude] = [type, magnitude];
    }
    out[y * (1 + length)] = bestType;
    out.set(best, y * (1 + length) + 1);
    [above, row] = [row, above];
  }
  return out;
}

function packRow(data: Uint8ClampedArray, from: number, row: Uint8Array, channels: number): void {
  const colours = channels < 3 ? 1 : 3;
  for (let to = 0; to < row.length; to += channels, from += 4) {
    for (let c = 0; c < colours; c++) row[to + c] = data[from + c];
    if (channels > colours) row[to + colours] = data[from + 3];
  }
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
