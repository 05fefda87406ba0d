import { BitstreamError } from "../../core/mod.ts";
import { graphicsMemoryBytes } from "../../entropy/graphics/mod.ts";
import { graphicsChannels } from "../../entropy/lossless/graphics_section.ts";
import { sampleMemoryBytes } from "../../entropy/lossless/samples.ts";
import type { ContainerHeader } from "../../format/mod.ts";
import { type Rect, TileGrid } from "../tiles/tile_grid.ts";
import { sharesToShow } from "../picture_decoder.ts";
import { arenaBytesOf } from "./arena_bytes.ts";
import type { StreamSpec } from "./stream_spec.ts";

/** Tables of the coders, of a fixed size: 1.8 MB of the subband coder, 3.8 MB of the predictor of samples. */
const CODER_TABLE_BYTES = 6e6;
/** Energies that the subband coder keeps, 16 bits each. */
const SUBBAND_COEFFICIENT_BYTES = 2.25;

/** Default limit of the memory that decoding may take: 2 GiB. */
export const DEFAULT_MAX_MEMORY_BYTES: number = 2 ** 31;

/** What the decoders of `models/` work in per column of pixels: 21,100 bytes by their plans, */
const NET_BYTES_PER_COLUMN = 21_500;
/** as much as for so many columns if there are fewer, and so many bytes per pixel of small pictures. */
const LEAST_NET_COLUMNS = 2048, NET_BYTES_PER_PIXEL = 130;
/** Their weights in each thread, laid out for products of matrices: 9.5 and 11 million bytes by their plans. */
const NET_WEIGHT_BYTES = 12e6;

/**
 * How many threads may decode a picture within a limit of memory. Each thread has an arena and nets of its own.
 *
 * @param header Of the file.
 * @param streams Of the file.
 * @param wanted Pixels to decode.
 * @param mostThreads As many as there would be without the limit, at least 1.
 * @param maxMemoryBytes The limit.
 * @param enlargedBytes Bytes of the picture that is made of a reduced one; 0 for others.
 * @returns 1 to `mostThreads`.
 * @throws BitstreamError ("memory-limit") when one thread would take more than the limit.
 */
export function threadsWithin(
  header: ContainerHeader,
  streams: readonly StreamSpec[],
  wanted: Rect,
  mostThreads: number,
  maxMemoryBytes: number,
  enlargedBytes = 0,
): number {
  const bytesOf = (threads: number) => enlargedBytes + decodingBytes(header, streams, wanted, threads);
  for (let threads = mostThreads; threads > 1; threads--) {
    if (bytesOf(threads) <= maxMemoryBytes) return threads;
  }
  checkMemory(bytesOf(1), maxMemoryBytes, header);
  return 1;
}

/** Refuses more memory than the limit: `BitstreamError` ("memory-limit"). */
export function checkMemory(
  bytes: number,
  maxMemoryBytes: number,
  { width, height }: Pick<ContainerHeader, "width" | "height">,
): void {
  if (bytes <= maxMemoryBytes) return;
  throw new BitstreamError(
    "memory-limit",
    `Cannot decode a picture of ${width}×${height}: it must take at most ` +
      `${maxMemoryBytes} bytes of memory (got ${bytes}). Decode a region, or raise maxMemoryBytes if ` +
      "you trust the file.",
  );
}

/** An estimate of the memory that decoding takes with so many threads, in bytes, from what the header says. */
export function decodingBytes(
  header: ContainerHeader,
  streams: readonly StreamSpec[],
  wanted: Rect,
  threads: number,
): number {
  const output = wanted.width * wanted.height * 4 * header.bitDepth / 8;
  let kept = 0, ofThreads = 0;
  for (const spec of streams) {
    const grid = new TileGrid(header, header.tileSide, spec);
    // Coefficients of three rows of tiles are kept.
    kept += Math.min(3, grid.rows) * grid.columns * 4 * grid.layoutOf(0).coefficientCount;
    // Streams are decoded one after the other in the same arenas.
    ofThreads = Math.max(ofThreads, threadBytes(spec, grid, wanted, threads));
  }
  return output + kept + ofThreads;
}

function threadBytes(spec: StreamSpec, grid: TileGrid, wanted: Rect, threads: number): number {
  const decoding = arenaBytesOf("decode", spec, grid.layoutOf(0), Infinity) + predictorBytes(spec, grid);
  const coder = subbandBytes(spec, grid);
  const groups = sharesToShow(spec, grid, wanted, { concurrency: threads });
  // Among those at the first corner and next to it is one with the largest window.
  const corner = groups.slice(0, 2).flatMap((shares) => shares.slice(0, 2));
  const showing = Math.max(...corner.map((share) => showingBytes(spec, grid, share)));
  if (grid.count > 1) return threads * (coder + Math.max(decoding, showing));
  // One tile: this thread decodes it, and all of them show shares.
  return coder + Math.max(decoding, showing) + (Math.min(threads, groups[0].length) - 1) * showing;
}

/** What the coder of graphics or the predictor may take while it decodes a tile whose planes no wavelet took apart. */
function predictorBytes(spec: StreamSpec, grid: TileGrid): number {
  if (!isPredicted(spec)) return 0;
  const { width, height } = grid.layoutOf(0);
  return Math.max(
    graphicsMemoryBytes({ width, height, channels: graphicsChannels(spec.channels), bitDepth: 16 }),
    sampleMemoryBytes(width, height, spec.channels),
  );
}

/** What the coders of other streams keep. */
function subbandBytes(spec: StreamSpec, grid: TileGrid): number {
  if (isPredicted(spec)) return 0;
  const planes = spec.kind === "latent" ? 0 : SUBBAND_COEFFICIENT_BYTES * grid.layoutOf(0).coefficientCount;
  return CODER_TABLE_BYTES + planes;
}

function isPredicted({ kind, levels }: StreamSpec): boolean {
  return kind !== "latent" && levels === 0;
}

/** The arena, and where nets are run their memory, for showing a rectangle of pixels. */
function showingBytes(spec: StreamSpec, grid: TileGrid, pixels: Rect): number {
  const net = grid.netRect(pixels, "decoder");
  const arena = arenaBytesOf("synthesise", spec, grid.windowOf(net).layout, Infinity);
  return spec.kind === "latent"
    ? arena + netBytes(net.width * spec.downsampling, net.height * spec.downsampling)
    : arena;
}

/** What one thread's decoder takes for so many columns and rows of pixels, in bytes, by the plans of `models/`. */
export function netBytes(columns: number, rows: number): number {
  const ofColumns = NET_BYTES_PER_COLUMN * Math.max(LEAST_NET_COLUMNS, columns);
  return NET_WEIGHT_BYTES + Math.min(ofColumns, NET_BYTES_PER_PIXEL * columns * rows);
}
