/** PNG files made chunk by chunk, whole or broken in a chosen way. */
import { crc32 } from "../../src/image/crc32.ts";
import { bytesOf, uint32 } from "./synthetic.ts";

/** Type and data of a chunk. */
export type Chunk = readonly [type: string, data: Uint8Array];

/** Width, height, bit depth, colour type, interlace method. */
export type Ihdr = readonly [
  width: number,
  height: number,
  bitDepth: number,
  colourType: number,
  interlace: number,
];

/** A PNG's signature. */
export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A chunk's bytes; with a wrong checksum if asked for. */
export function chunkBytes([type, data]: Chunk, isWhole = true): Uint8Array {
  const covered = bytesOf(type, data);
  return bytesOf(uint32(data.length), covered, uint32(isWhole ? crc32(covered) : crc32(covered) ^ 1));
}

/** Data in zlib's format. */
export async function zlib(data: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([data as Uint8Array<ArrayBuffer>]).stream();
  return new Uint8Array(
    await new Response(stream.pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
  );
}

/** A PNG file out of raw rows, each behind its filter byte, with chunks before and behind the picture data. */
export async function rawPng(
  [width, height, bitDepth, colourType, interlace]: Ihdr,
  rows: Uint8Array,
  before: readonly Chunk[] = [],
  after: readonly Chunk[] = [],
): Promise<Uint8Array> {
  const header = bytesOf(uint32(width), uint32(height), bitDepth, colourType, 0, 0, interlace);
  const end: Chunk = ["IEND", new Uint8Array(0)];
  const chunks: Chunk[] = [["IHDR", header], ...before, ["IDAT", await zlib(rows)], ...after, end];
  return bytesOf(SIGNATURE, ...chunks.map((chunk) => chunkBytes(chunk)));
}

/** The chunks of a well-formed file. */
export function chunksOf(file: Uint8Array): Chunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength), chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at < file.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    chunks.push([type, file.subarray(at + 8, at + 8 + view.getUint32(at))]);
  }
  return chunks;
}

/** A file with chunks put behind its header. */
export function withChunks(file: Uint8Array, ...chunks: readonly Chunk[]): Uint8Array {
  const [header, ...rest] = chunksOf(file).filter(([type]) => type !== "sRGB");
  return bytesOf(SIGNATURE, ...[header, ...chunks, ...rest].map((chunk) => chunkBytes(chunk)));
}
