import { concat } from "../core/concat.ts";
import { assertMetadata } from "./assert_metadata.ts";
import { ascii } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { type Cicp, cicpBytes } from "./cicp.ts";
import { profileFault, profileFits, profileOfCicp, profileSpace } from "./icc_profile.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { assertPicture, type DeepPicture, type Picture } from "./picture.ts";

/** PNG's colour types, by the number of channels that a picture really uses. */
const COLOUR_TYPES = [0, 0, 4, 2, 6];
const XMP_KEYWORD = "XML:com.adobe.xmp";

/** Options of {@linkcode encodePng}. */
export interface EncodePngOptions {
  /** Profile, EXIF and XMP to write; by default the picture's own. */
  readonly metadata?: PictureMetadata;
}

/** Deflates the parts of a PNG file, in zlib's format. */
export interface PngDeflate {
  /** Deflates bytes. */
  bytes(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /**
   * Filters and deflates the rows of a picture.
   *
   * @param picture The picture.
   * @param channels Channels to write: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
   * @returns The zlib stream, in pieces of less than 2^31 bytes: one chunk each.
   */
  rows(
    picture: Picture | DeepPicture,
    channels: number,
  ): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
}

/** A PNG file of a picture; see {@linkcode encodePng}. */
export async function pngFile(
  picture: Picture | Picture<Uint16Array>,
  options: EncodePngOptions,
  deflate: PngDeflate,
): Promise<Uint8Array> {
  assertPicture(picture);
  const { width, height } = picture, bitDepth = picture.data instanceof Uint16Array ? 16 : 8;
  const metadataParts = options.metadata ?? picture.metadata;
  assertMetadata(metadataParts);
  const { icc, cicp, exif, xmp } = metadataParts ?? {};
  const used = usedChannels(picture.data), isGrey = used < 3;
  const profile = icc && profileFault(icc) === undefined && profileFits(icc, isGrey) ? icc : undefined;
  // A profile of RGB may not stand beside grey samples.
  const channels = isGrey && profile && profileSpace(profile) === "RGB " ? used + 2 : used;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([bitDepth, COLOUR_TYPES[channels], 0, 0, 0], 8);
  // Before anything is awaited: samples and metadata are taken as they are now.
  const rows = deflate.rows(picture, channels);
  const metadata = [
    ...(exif ? [chunk("eXIf", exif)] : []),
    ...(xmp ? [chunk("iTXt", concat([ascii(`${XMP_KEYWORD}\0\0\0\0\0`), xmp]))] : []),
  ];
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...await colourChunks(
      cicp,
      profile ?? (cicp && channels >= 3 ? profileOfCicp(cicp) : undefined),
      !icc,
      deflate,
    ),
    ...metadata,
    ...(await rows).map((piece) => chunk("IDAT", piece)),
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
  deflate: PngDeflate,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  if (cicp) chunks.push(chunk("cICP", cicpBytes(cicp)));
  if (profile) chunks.push(chunk("iCCP", concat([ascii("ICC profile\0\0"), await deflate.bytes(profile)])));
  if (chunks.length === 0 && isSrgb) chunks.push(chunk("sRGB", Uint8Array.of(0))); // intent "perceptual"
  return chunks;
}

/** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
function usedChannels(data: Picture["data"] | DeepPicture["data"]): 1 | 2 | 3 | 4 {
  const full = data instanceof Uint16Array ? 65535 : 255;
  let i = 0;
  while (i < data.length && data[i] === data[i + 1] && data[i] === data[i + 2]) i += 4;
  const isGrey = i >= data.length;
  i = 3;
  while (i < data.length && data[i] === full) i += 4;
  const isOpaque = i >= data.length;
  return isGrey ? (isOpaque ? 1 : 2) : (isOpaque ? 3 : 4);
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
