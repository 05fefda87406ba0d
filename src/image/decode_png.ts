/**
 * PNG in, every colour type and bit depth, interlaced or not (PNG specification, third edition).
 *
 * Written here rather than taken from `@jsquash/png`: that library traps on a damaged file, cannot be
 * re-initialised and stops working for good files after some thousand bad ones.
 *
 * Limitations: animation frames are ignored; colour space, EXIF and XMP are read elsewhere.
 *
 * @module
 */
import { inflateInto, MAX_DEFLATE_RATIO } from "./bounded_inflate.ts";
import { damaged } from "./errors.ts";
import { isChunkWhole, isCriticalChunk, pngChunks, type PngHeader, readPngHeader } from "./headers/png.ts";
import type { DeepPicture, Picture } from "./picture.ts";
import { FILTER_COUNT, unfilterRow } from "./png_filter.ts";

/** Samples a pixel, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Adam7's passes: first column, first row, column step, row step. */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
  0,
  1,
  1,
  2,
]];

/** The chunks a decoder needs. */
interface PngParts {
  readonly compressed: Uint8Array[];
  readonly palette: Uint8Array;
  readonly transparency: Uint8Array;
}

/**
 * Decodes a PNG file.
 *
 * @param bytes The whole file.
 * @param keepDepth Whether 16 bits a sample are kept.
 * @param signal Aborts the inflation.
 * @returns The picture as stored, before its orientation is applied.
 * @throws ImageError `image-damaged`, also when a checksum is wrong.
 */
export async function decodePng(
  bytes: Uint8Array,
  keepDepth: boolean,
  signal?: AbortSignal,
): Promise<Picture | DeepPicture> {
  const header = readPngHeader(bytes);
  const parts = collectParts(bytes, header);
  const passes = (header.interlaced ? ADAM7 : [[0, 0, 1, 1]]).map(([x0, y0, dx, dy]) => ({
    x0,
    y0,
    dx,
    dy,
    columns: Math.ceil((header.width - x0) / dx),
    rows: Math.ceil((header.height - y0) / dy),
  })).filter((pass) => pass.columns > 0 && pass.rows > 0);

  const bitsPerPixel = SAMPLES[header.colourType] * header.bitDepth;
  const rowBytes = (columns: number) => Math.ceil(columns * bitsPerPixel / 8);
  const rawBytes = passes.reduce((sum, pass) => sum + pass.rows * (1 + rowBytes(pass.columns)), 0);
  const raw = await inflate(parts.compressed, rawBytes, signal);

  const length = header.width * header.height * 4;
  const deep = keepDepth && header.bitDepth === 16;
  const data = deep ? new Uint16Array(length) : new Uint8ClampedArray(length);
  const writeRow = rowWriter(header, parts, data);
  const unit = Math.max(1, bitsPerPixel >> 3);
  let offset = 0;
  for (const { x0, y0, dx, dy, columns, rows } of passes) {
    const length = rowBytes(columns);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < rows; y++) {
      const filter = raw[offset];
      if (filter >= FILTER_COUNT) throw damaged("PNG", `a row names filter ${filter}`);
      const row = raw.subarray(offset + 1, offset + 1 + length);
      unfilterRow(filter, row, above, unit);
      writeRow(row, columns, (y0 + y * dy) * header.width + x0, dx);
      above = row;
      offset += 1 + length;
    }
  }
  const { width, height } = header;
  return data instanceof Uint16Array ? { data, width, height } : { data, width, height };
}

function collectParts(bytes: Uint8Array, header: PngHeader): PngParts {
  const compressed: Uint8Array[] = [];
  let palette: Uint8Array = new Uint8Array(0), transparency: Uint8Array = new Uint8Array(0);
  for (const chunk of pngChunks(bytes)) {
    const critical = isCriticalChunk(chunk.type);
    if ((critical || chunk.type === "tRNS") && !isChunkWhole(chunk)) {
      if (!critical) continue;
      throw damaged("PNG", `the checksum of chunk ${JSON.stringify(chunk.type)} is wrong`);
    }
    if (chunk.type === "IDAT") compressed.push(chunk.data);
    else if (chunk.type === "PLTE") palette = chunk.data;
    else if (chunk.type === "tRNS") transparency = chunk.data;
    else if (critical && chunk.type !== "IHDR" && chunk.type !== "IEND") {
      throw damaged("PNG", `chunk ${JSON.stringify(chunk.type)} is critical and unknown`);
    }
  }
  if (compressed.length === 0) throw damaged("PNG", "it holds no picture data");
  if (header.colourType === 3 && (palette.length === 0 || palette.length % 3 !== 0)) {
    throw damaged("PNG", `its palette is ${palette.length} bytes long`);
  }
  return { compressed, palette, transparency };
}

/** Inflates exactly `byteLength` bytes; more that the data would give is left alone. */
async function inflate(
  compressed: readonly Uint8Array[],
  byteLength: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const compressedBytes = compressed.reduce((sum, part) => sum + part.length, 0);
  if (compressedBytes * MAX_DEFLATE_RATIO < byteLength) {
    throw damaged(
      "PNG",
      `its data of ${compressedBytes} bytes cannot hold the ${byteLength} that its size needs`,
    );
  }
  const raw = new Uint8Array(byteLength);
  const { filled, cause } = await inflateInto(raw, compressed, "deflate", signal);
  if (filled === byteLength) return raw;
  if (cause !== undefined) throw damaged("PNG", "its compressed data are corrupt", cause);
  throw damaged("PNG", `its data hold ${filled} bytes of the ${byteLength} that its size needs`);
}

/** Writes a row of `columns` plain pixels to every `step`-th pixel from `start`. */
type RowWriter = (row: Uint8Array, columns: number, start: number, step: number) => void;

function rowWriter(header: PngHeader, parts: PngParts, data: Uint8ClampedArray | Uint16Array): RowWriter {
  const { bitDepth, colourType } = header;
  const sampleCount = SAMPLES[colourType];
  const maxSample = 2 ** bitDepth - 1;
  const sampleAt = sampleReader(bitDepth);
  if (colourType === 3) return paletteWriter(parts, data, sampleAt);

  // A grey or RGB picture may name one colour, at full depth, as fully transparent.
  const key = (colourType === 0 || colourType === 2) && parts.transparency.length >= sampleCount * 2
    ? Array.from(
      { length: sampleCount },
      // Two bytes per sample, of which the lowest `bitDepth` bits count.
      (_, i) => ((parts.transparency[i * 2] << 8) | parts.transparency[i * 2 + 1]) & maxSample,
    )
    : undefined;
  const full = data instanceof Uint16Array ? 65535 : 255;
  const scaled = 2 ** bitDepth - 1 === full
    ? (v: number) => v
    : (v: number) => Math.round(v * full / maxSample);
  const colours = colourType === 2 || colourType === 6 ? 3 : 1;
  const hasAlpha = sampleCount > colours;
  return (row, columns, start, step) => {
    for (let x = 0, to = start * 4; x < columns; x++, to += step * 4) {
      const from = x * sampleCount;
      const first = sampleAt(row, from);
      const second = colours === 3 ? sampleAt(row, from + 1) : first;
      const third = colours === 3 ? sampleAt(row, from + 2) : first;
      data[to] = scaled(first);
      data[to + 1] = scaled(second);
      data[to + 2] = scaled(third);
      if (hasAlpha) data[to + 3] = scaled(sampleAt(row, from + colours));
      else {
        const transparent = key !== undefined && first === key[0] &&
          (colours === 1 || (second === key[1] && third === key[2]));
        data[to + 3] = transparent ? 0 : full;
      }
    }
  };
}

function paletteWriter(
  { palette, transparency }: PngParts,
  data: Uint8ClampedArray | Uint16Array,
  sampleAt: (row: Uint8Array, index: number) => number,
): RowWriter {
  const colourCount = palette.length / 3;
  return (row, columns, start, step) => {
    for (let x = 0, to = start * 4; x < columns; x++, to += step * 4) {
      const index = sampleAt(row, x);
      if (index >= colourCount) { // an error that the specification has decoders show as opaque black
        data[to] = data[to + 1] = data[to + 2] = 0;
        data[to + 3] = 255;
        continue;
      }
      data[to] = palette[index * 3];
      data[to + 1] = palette[index * 3 + 1];
      data[to + 2] = palette[index * 3 + 2];
      data[to + 3] = index < transparency.length ? transparency[index] : 255;
    }
  };
}

/** Samples narrower than a byte are packed from the highest bit down; those of 16 bits are big-endian. */
function sampleReader(bitDepth: number): (row: Uint8Array, index: number) => number {
  if (bitDepth === 8) return (row, index) => row[index];
  if (bitDepth === 16) return (row, index) => (row[index * 2] << 8) | row[index * 2 + 1];
  const perByte = 8 / bitDepth;
  const mask = 2 ** bitDepth - 1;
  return (row, index) => {
    const shift = 8 - bitDepth * (1 + index % perByte);
    return (row[Math.floor(index / perByte)] >> shift) & mask;
  };
}
