import { concat, deflate } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { type Cicp, cicpBytes } from "./cicp.ts";
import { profileFault, profileFits, profileOfCicp, profileSpace } from "./icc_profile.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { assertPicture, type DeepPicture, type Picture } from "./picture.ts";
import { FILTER_COUNT, filterRow } from "./png_filter.ts";

/** PNG's colour types, by the number of channels that a picture really uses. */
const COLOUR_TYPES = [0, 0, 4, 2, 6];
/** Filtered rows are handed to the compressor in pieces of about this size. */
const PIECE_BYTES = 2 ** 20;
const XMP_KEYWORD = "XML:com.adobe.xmp";

/** Options of {@linkcode encodePng}. */
export interface EncodePngOptions {
  /** Profile, EXIF and XMP to write; by default the picture's own. */
  readonly metadata?: PictureMetadata;
}

/**
 * Encodes a picture as PNG, 8 or 16 bits a sample, exactly, with its metadata.
 *
 * Channels that say nothing are left out: an opaque picture becomes RGB, a grey one grey. A profile that is damaged, or whose
 * colour space is not that of the samples, is left out. Each row takes the
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
 * @param options Metadata.
 * @returns The file.
 * @throws ImageError `image-invalid` when the data do not match the size.
 */
export async function encodePng(
  picture: Picture | Picture<Uint16Array>,
  options: EncodePngOptions = {},
): Promise<Uint8Array> {
  assertPicture(picture);
  const { width, height } = picture, bitDepth = picture.data instanceof Uint16Array ? 16 : 8;
  const { icc, cicp, exif, xmp } = options.metadata ?? picture.metadata ?? {};
  const used = usedChannels(picture.data), isGrey = used < 3;
  const profile = icc && profileFault(icc) === undefined && profileFits(icc, isGrey) ? icc : undefined;
  // A profile of RGB may not stand beside grey samples.
  const channels = isGrey && profile && profileSpace(profile) === "RGB " ? used + 2 : used;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([bitDepth, COLOUR_TYPES[channels], 0, 0, 0], 8);
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...await colourChunks(cicp, profile ?? (cicp && channels >= 3 ? profileOfCicp(cicp) : undefined), !icc),
    ...(exif ? [chunk("eXIf", exif)] : []),
    ...(xmp ? [chunk("iTXt", concat([ascii(`${XMP_KEYWORD}\0\0\0\0\0`), xmp]))] : []),
    chunk("IDAT", await compressedRows(picture, channels)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/**
 * The chunks that tell the colours: cICP, and a profile for programs that do not know it; sRGB if neither is given.
 *
 * @param isSrgb Whether samples without either are sRGB, and not of a profile that cannot stand here.
 */
async function colourChunks(
  cicp: Cicp | undefined,
  profile: Uint8Array | undefined,
  isSrgb: boolean,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  if (cicp) chunks.push(chunk("cICP", cicpBytes(cicp)));
  if (profile) chunks.push(chunk("iCCP", concat([ascii("ICC profile\0\0"), await deflate(profile)])));
  if (chunks.length === 0 && isSrgb) chunks.push(chunk("sRGB", Uint8Array.of(0))); // intent "perceptual"
  return chunks;
}

/** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
function usedChannels(data: Picture["data"] | DeepPicture["data"]): 1 | 2 | 3 | 4 {
  const full = data instanceof Uint16Array ? 65535 : 255;
  let grey = true, opaque = true;
  for (let i = 0; i < data.length && (grey || opaque); i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) grey = false;
    if (data[i + 3] !== full) opaque = false;
  }
  return grey ? (opaque ? 1 : 2) : (opaque ? 3 : 4);
}

/** The rows, filtered and compressed piece by piece, so that a large picture does not lie in memory twice. */
async function compressedRows(
  picture: Picture | Picture<Uint16Array>,
  channels: number,
): Promise<Uint8Array> {
  const rows = filteredRows(picture, channels);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const pieces: Uint8Array[] = [];
      for (let bytes = 0; bytes < PIECE_BYTES;) {
        const { done, value } = rows.next();
        if (done) break;
        pieces.push(value);
        bytes += value.length;
      }
      if (pieces.length === 0) controller.close();
      else controller.enqueue(concat(pieces));
    },
  });
  return new Uint8Array(
    await new Response(source.pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
  );
}

/** The rows, each behind the number of the filter it went through. */
function* filteredRows(
  { data, width, height }: Picture | Picture<Uint16Array>,
  channels: number,
): Generator<Uint8Array, void, void> {
  const unit = channels * data.BYTES_PER_ELEMENT, length = width * unit;
  let above = new Uint8Array(length), row = new Uint8Array(length);
  let best = new Uint8Array(length), candidate = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    packRow(data, y * width * 4, row, channels);
    let bestType = 0, bestMagnitude = Infinity;
    for (let type = 0; type < FILTER_COUNT; type++) {
      const magnitude = filterRow(type, row, above, unit, candidate);
      if (magnitude >= bestMagnitude) continue;
      [best, candidate] = [candidate, best];
      [bestType, bestMagnitude] = [type, magnitude];
    }
    yield concat([Uint8Array.of(bestType), best]);
    [above, row] = [row, above];
  }
}

/** Samples of 16 bits are written highest byte first. */
function packRow(
  data: Picture["data"] | DeepPicture["data"],
  from: number,
  row: Uint8Array,
  channels: number,
): void {
  const colours = channels < 3 ? 1 : 3, deep = data instanceof Uint16Array;
  const end = from + row.length / channels / data.BYTES_PER_ELEMENT * 4;
  for (let to = 0; from < end; from += 4) {
    for (let c = 0; c < channels; c++) {
      const sample = data[from + (c < colours ? c : 3)];
      if (deep) row[to++] = sample >> 8;
      row[to++] = sample;
    }
  }
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
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
