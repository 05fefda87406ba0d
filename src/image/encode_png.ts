import { concat } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { type Cicp, cicpBytes } from "./cicp.ts";
import { profileFault, profileFits, profileOfCicp, profileSpace } from "./icc_profile.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { assertPicture, type DeepPicture, type Picture } from "./picture.ts";
import { deflateBytes, withDeflateKernel } from "./deflate/deflate_with.ts";
import { deflateRows } from "./deflate/png_rows.ts";

/** PNG's colour types, by the number of channels that a picture really uses. */
const COLOUR_TYPES = [0, 0, 4, 2, 6];
/** Data chunks are about this large: their length must stay below 2^31 bytes. */
const DATA_CHUNK_BYTES = 2 ** 20;
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
 * colour space is not that of the samples, is left out. The same picture gives the same bytes on every runtime.
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
export function encodePng(
  picture: Picture | Picture<Uint16Array>,
  options: EncodePngOptions = {},
): Promise<Uint8Array> {
  return new Promise((resolve) => resolve(encodeNow(picture, options)));
}

function encodeNow(picture: Picture | Picture<Uint16Array>, options: EncodePngOptions): Uint8Array {
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
    ...colourChunks(cicp, profile ?? (cicp && channels >= 3 ? profileOfCicp(cicp) : undefined), !icc),
    ...(exif ? [chunk("eXIf", exif)] : []),
    ...(xmp ? [chunk("iTXt", concat([ascii(`${XMP_KEYWORD}\0\0\0\0\0`), xmp]))] : []),
    ...dataChunks(picture, channels),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/**
 * The chunks that tell the colours: cICP, and a profile for programs that do not know it; sRGB if neither is given.
 *
 * @param isSrgb Whether samples without either are sRGB, and not of a profile that cannot stand here.
 */
function colourChunks(
  cicp: Cicp | undefined,
  profile: Uint8Array | undefined,
  isSrgb: boolean,
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  if (cicp) chunks.push(chunk("cICP", cicpBytes(cicp)));
  if (profile) chunks.push(chunk("iCCP", concat([ascii("ICC profile\0\0"), ...deflated(profile)])));
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

/** The rows, filtered and deflated piece by piece, so that a large picture does not lie in memory twice. */
function dataChunks(picture: Picture | DeepPicture, channels: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let parts: Uint8Array[] = [], byteLength = 0;
  const close = () => {
    chunks.push(chunk("IDAT", concat(parts)));
    parts = [];
    byteLength = 0;
  };
  withDeflateKernel((kernel) =>
    deflateRows(kernel, picture, channels, (bytes) => {
      parts.push(bytes);
      byteLength += bytes.length;
      if (byteLength >= DATA_CHUNK_BYTES) close();
    })
  );
  if (byteLength > 0) close();
  return chunks;
}

function deflated(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  withDeflateKernel((kernel) => deflateBytes(kernel, bytes, (part) => parts.push(part)));
  return parts;
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
