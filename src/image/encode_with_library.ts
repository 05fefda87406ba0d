import { ownCopy } from "../core/picture.ts";
import { isSrgb } from "./cicp.ts";
import { ImageError } from "./errors.ts";
import { profileFault, profileFits, profileOfCicp, profileSpace, profileWarning } from "./icc_profile.ts";
import { type CodecPixels, dropEncoder, type LibraryCodec, loadEncoder } from "./libraries.ts";
import { withDepth } from "./depth.ts";
import type { FormatWriter } from "./formats/format.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { type DeepPicture, isGreyPicture, type Picture } from "./picture.ts";

/** An encoder whose memory has grown beyond this is thrown away after the picture, as its memory never shrinks. */
const KEEP_INSTANCE_BYTES = 2 ** 26;

/** How a library writes files that may be lossless and have alpha. */
export function libraryWriter(codec: LibraryCodec): FormatWriter {
  return {
    hasLossyMode: true,
    hasLosslessMode: true,
    hasAlpha: true,
    readsLater: true,
    encode: (picture, { quality, lossless }) => encodeWithLibrary(codec, picture, quality, lossless),
  };
}

/**
 * Encodes a picture with its format's library.
 *
 * @param codec The library.
 * @param source The picture; samples of 16 bits are rounded to what the library writes.
 * @param quality 1 to 100.
 * @param lossless Whether the file is exact.
 * @returns The file with its metadata, and what it lacks.
 * @throws ImageError `image-encode-options`, `image-encode-failed` or `image-library-unavailable`.
 */
export async function encodeWithLibrary(
  codec: LibraryCodec,
  source: Picture | DeepPicture,
  quality: number,
  lossless: boolean,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly warnings: readonly string[] }> {
  const { label, maxSidePixels } = codec, { width, height } = source;
  if (Math.max(width, height) > maxSidePixels) {
    throw new ImageError(
      "image-encode-options",
      `Cannot encode the picture: a side of ${label} must be at most ${maxSidePixels} pixels ` +
        `(got ${width}×${height}). Use PNG.`,
    );
  }
  const grey = isGreyPicture(source.data);
  const { metadata, warnings } = writableMetadata(source.metadata ?? {}, codec, grey);
  const { pixels, bitDepth, isRounded } = codecPixels(source, codec, lossless);
  const greyProfile = metadata.icc !== undefined && profileSpace(metadata.icc) === "GRAY";
  const encoder = await loadEncoder(codec);
  let file: Uint8Array | null;
  try {
    file = encoder.encode(pixels, codec.options({ quality, lossless, grey: greyProfile, bitDepth }));
  } catch (cause) {
    dropEncoder(codec);
    throw failed(label, encoder.takeMessages()[0] ?? "its encoder stopped", cause);
  }
  const messages = encoder.takeMessages();
  if (!file || encoder.memoryBytes() > KEEP_INSTANCE_BYTES) dropEncoder(codec);
  if (!file || file.length === 0) throw failed(label, messages[0] ?? "its encoder gave no file");
  const written = codec.addMetadata(file, metadata);
  const rounded = isRounded ? [`samples of 16 bits were rounded to ${bitDepth}`] : [];
  return { bytes: written.bytes, warnings: [...rounded, ...warnings, ...written.warnings] };
}

function failed(label: string, what: string, cause?: unknown): ImageError {
  return new ImageError(
    "image-encode-failed",
    `Cannot encode the picture as ${label}: its encoder must give a file (got: ${what}). Use a ` +
      "smaller picture or PNG.",
    cause === undefined ? undefined : { cause },
  );
}

/** The metadata that may stand beside the samples; a colour description becomes a profile, which every format can hold. */
function writableMetadata(
  { icc, cicp, exif, xmp }: PictureMetadata,
  { label, hasGreySamples = false }: LibraryCodec,
  grey: boolean,
): { readonly metadata: PictureMetadata; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const profile = cicp && !isSrgb(cicp) ? profileOfCicp(cicp) ?? icc : icc;
  if (cicp && !isSrgb(cicp) && !profile) {
    warnings.push(`${label} is written without the colour space, which no profile can say`);
  }
  const fault = profile && profileFault(profile);
  if (profile && fault !== undefined) warnings.push(profileWarning(fault));
  else if (profile && !profileFits(profile, grey && hasGreySamples)) {
    warnings.push(profileWarning("is not one of RGB samples"));
  } else {
    return {
      metadata: { ...(profile && { icc: profile }), ...(exif && { exif }), ...(xmp && { xmp }) },
      warnings,
    };
  }
  return { metadata: { ...(exif && { exif }), ...(xmp && { xmp }) }, warnings };
}

/** Whether a pixel is not opaque. */
export function hasAlpha({ data }: Picture | DeepPicture): boolean {
  const full = data instanceof Uint16Array ? 65535 : 255;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== full) return true;
  return false;
}

/** A picture laid on white, opaque. */
export function onWhite<P extends Picture | DeepPicture>(picture: P): P {
  const full = picture.data instanceof Uint16Array ? 65535 : 255, data = ownCopy(picture.data);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] / full;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(full + (data[c] - full) * alpha);
    data[i + 3] = full;
  }
  return { ...picture, data };
}

/** The pixels that a codec takes: 8 bits, or samples of 16 bits rounded to what it writes. */
function codecPixels(
  { data, width, height }: Picture | DeepPicture,
  codec: LibraryCodec,
  lossless: boolean,
): { readonly pixels: CodecPixels; readonly bitDepth: number; readonly isRounded: boolean } {
  if (!(data instanceof Uint16Array)) {
    return { pixels: { data, width, height }, bitDepth: 8, isRounded: false };
  }
  const bitDepth = codec.bitDepthOf?.(data, lossless) ?? 8, most = 2 ** bitDepth - 1;
  const rounded = bitDepth === 8 ? new Uint8ClampedArray(data.length) : new Uint16Array(data.length);
  let isRounded = false;
  for (let i = 0; i < data.length; i++) {
    rounded[i] = withDepth(data[i], 65535, most);
    if (withDepth(rounded[i], most, 65535) !== data[i]) isRounded = true;
  }
  return { pixels: { data: rounded, width, height }, bitDepth, isRounded };
}
