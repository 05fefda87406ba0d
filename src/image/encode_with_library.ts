import { isSrgb } from "./cicp.ts";
import { ImageError } from "./errors.ts";
import { profileFault, profileFits, profileOfCicp, profileSpace, profileWarning } from "./icc_profile.ts";
import { dropEncoder, type EncoderOptions, type LibraryFormat, loadEncoder } from "./libraries.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { type DeepPicture, FORMAT_LABELS, isGreyPicture, type Picture } from "./picture.ts";
import type { MetadataWriter } from "./write/metadata_writer.ts";
import { jpegWithMetadata } from "./write/jpeg_metadata.ts";
import { jxlWithMetadata } from "./write/jxl_metadata.ts";
import { webpWithMetadata } from "./write/webp_metadata.ts";
import { avifWithMetadata } from "./write/avif_metadata.ts";

/** An encoder whose memory has grown beyond this is thrown away after the picture, as its memory never shrinks. */
const KEEP_INSTANCE_BYTES = 2 ** 26;
/** The longest side that a format, or its library, writes. */
const MAX_SIDE: Readonly<Record<LibraryFormat, number>> = {
  jpeg: 65500,
  webp: 16383,
  avif: 16384,
  jxl: 65535,
};

const WRITERS: Readonly<Record<LibraryFormat, MetadataWriter>> = {
  jpeg: jpegWithMetadata,
  webp: webpWithMetadata,
  avif: avifWithMetadata,
  jxl: jxlWithMetadata,
};

/**
 * Encodes a picture with its format's library.
 *
 * @param picture The picture; JPEG leaves its alpha out.
 * @param format The format.
 * @param quality 1 to 100.
 * @param lossless Whether the file is exact.
 * @returns The file with its metadata, and what it lacks.
 * @throws ImageError `image-encode-options`, `image-encode-failed` or `image-library-unavailable`.
 */
export async function encodeWithLibrary(
  picture: Picture,
  format: LibraryFormat,
  quality: number,
  lossless: boolean,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly warnings: readonly string[] }> {
  const label = FORMAT_LABELS[format], { width, height } = picture;
  if (Math.max(width, height) > MAX_SIDE[format]) {
    throw new ImageError(
      "image-encode-options",
      `Cannot encode the picture as asked: a side of ${label} must be at most ${MAX_SIDE[format]} pixels ` +
        `(got ${width}×${height}); use PNG`,
    );
  }
  const grey = isGreyPicture(picture.data);
  const { metadata, warnings } = writableMetadata(picture.metadata ?? {}, format, grey);
  const greyProfile = metadata.icc !== undefined && profileSpace(metadata.icc) === "GRAY";
  const encoder = await loadEncoder(format);
  let file: Uint8Array | null;
  try {
    file = encoder.encode(picture, optionsOf(format, quality, lossless, greyProfile));
  } catch (cause) {
    dropEncoder(format);
    throw failed(label, encoder.takeMessages()[0] ?? "its encoder stopped", cause);
  }
  const messages = encoder.takeMessages();
  if (!file || encoder.memoryBytes() > KEEP_INSTANCE_BYTES) dropEncoder(format);
  if (!file || file.length === 0) throw failed(label, messages[0] ?? "its encoder gave no file");
  const written = WRITERS[format](file, metadata);
  return { bytes: written.bytes, warnings: [...warnings, ...written.warnings] };
}

function failed(label: string, what: string, cause?: unknown): ImageError {
  return new ImageError(
    "image-encode-failed",
    `Cannot encode the picture as ${label}: ${what}; use a smaller picture or PNG`,
    cause === undefined ? undefined : { cause },
  );
}

/** The metadata that may stand beside the samples; a colour description becomes a profile, which every format can hold. */
function writableMetadata(
  { icc, cicp, exif, xmp }: PictureMetadata,
  format: LibraryFormat,
  grey: boolean,
): { readonly metadata: PictureMetadata; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  let profile = cicp && !isSrgb(cicp) ? profileOfCicp(cicp) ?? icc : icc;
  if (cicp && !isSrgb(cicp) && !profile) {
    warnings.push(`${FORMAT_LABELS[format]} is written without the colour space, which no profile can say`);
  }
  const fault = profile && profileFault(profile);
  // Grey samples are written as grey in JPEG only.
  if (profile && fault !== undefined) warnings.push(profileWarning(fault));
  else if (profile && !profileFits(profile, grey && format === "jpeg")) {
    warnings.push(profileWarning("is not one of RGB samples"));
  } else {
    return {
      metadata: { ...(profile && { icc: profile }), ...(exif && { exif }), ...(xmp && { xmp }) },
      warnings,
    };
  }
  profile = undefined;
  return { metadata: { ...(exif && { exif }), ...(xmp && { xmp }) }, warnings };
}

/** The libraries' options: their own defaults but for quality. They want all of them. */
function optionsOf(
  format: LibraryFormat,
  quality: number,
  lossless: boolean,
  grey: boolean,
): EncoderOptions {
  switch (format) {
    case "jpeg":
      return {
        quality,
        baseline: false,
        arithmetic: false,
        progressive: true,
        optimize_coding: true,
        smoothing: 0,
        color_space: grey ? 1 : 3, // grey or YCbCr
        quant_table: 3,
        trellis_multipass: false,
        trellis_opt_zero: false,
        trellis_opt_table: false,
        trellis_loops: 1,
        auto_subsample: true,
        chroma_subsample: 2,
        separate_chroma_quality: false,
        chroma_quality: quality,
      };
    case "webp":
      return {
        quality: lossless ? 75 : quality, // of a lossless file: the effort
        target_size: 0,
        target_PSNR: 0,
        method: 4,
        sns_strength: 50,
        filter_strength: 60,
        filter_sharpness: 0,
        filter_type: 1,
        partitions: 0,
        segments: 4,
        pass: 1,
        show_compressed: 0,
        preprocessing: 0,
        autofilter: 0,
        partition_limit: 0,
        alpha_compression: 1,
        alpha_filtering: 1,
        alpha_quality: 100,
        lossless: Number(lossless),
        exact: Number(lossless), // hidden samples, too
        image_hint: 0,
        emulate_jpeg_size: 0,
        thread_level: 0,
        low_memory: 0,
        near_lossless: 100,
        use_delta_palette: 0,
        use_sharp_yuv: 0,
      };
    case "avif":
      return {
        quality: lossless ? 100 : quality,
        qualityAlpha: -1,
        denoiseLevel: 0,
        tileColsLog2: 0,
        tileRowsLog2: 0,
        speed: 6,
        subsample: lossless ? 3 : 1, // 4:4:4 or 4:2:0
        chromaDeltaQ: false,
        sharpness: 0,
        tune: 0,
        enableSharpYUV: false,
        bitDepth: 8,
        lossless,
      };
    case "jxl":
      return {
        effort: 7,
        quality: lossless ? 100 : quality,
        progressive: false,
        epf: -1,
        lossyPalette: false,
        decodingSpeedTier: 0,
        photonNoiseIso: 0,
        lossyModular: false,
        lossless,
      };
  }
}

/** Whether a pixel is not opaque. */
export function hasAlpha({ data }: Picture | DeepPicture): boolean {
  const full = data instanceof Uint16Array ? 65535 : 255;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== full) return true;
  return false;
}

/** A picture laid on white, opaque. */
export function onWhite<P extends Picture | DeepPicture>(picture: P): P {
  const full = picture.data instanceof Uint16Array ? 65535 : 255, data = picture.data.slice();
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] / full;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(full + (data[c] - full) * alpha);
    data[i + 3] = full;
  }
  return { ...picture, data };
}

/** A picture rounded to 8 bits per sample. */
export function toEightBits(picture: Picture | DeepPicture): Picture {
  const { data } = picture;
  if (!(data instanceof Uint16Array)) return picture as Picture;
  return { ...picture, data: Uint8ClampedArray.from(data, (sample) => sample / 257) };
}
