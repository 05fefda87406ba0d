import { assertMetadata } from "./assert_metadata.ts";
import { hasAlpha, onWhite } from "./encode_with_library.ts";
import { checkNames } from "../core/option_rules.ts";
import { ownCopy } from "../core/picture.ts";
import type { EncodedFormat } from "./encoded_format.ts";
import { ImageError } from "./errors.ts";
import { WRITABLE_FORMATS, type WritableFormat } from "./formats/mod.ts";
import { assertPicture, type Picture } from "./picture.ts";
import { listed } from "./size.ts";

/** All of {@linkcode EncodedFormat}. */
export const ENCODED_FORMATS: readonly EncodedFormat[] = WRITABLE_FORMATS.map(({ id }) => id);
/** Those that can be exact. */
export const LOSSLESS_FORMATS: readonly EncodedFormat[] = WRITABLE_FORMATS.filter(({ write }) =>
  write.hasLosslessMode
).map(({ id }) => id);
/** Those that have a quality. */
export const LOSSY_FORMATS: readonly EncodedFormat[] = WRITABLE_FORMATS.filter(({ write }) =>
  write.hasLossyMode
).map(({ id }) => id);

/** Options of {@linkcode encodePicture}. */
export interface EncodePictureOptions {
  /** Quality of JPEG, WebP, AVIF and JPEG XL, 1 to 100, on the scale of the format's own library; default 90. */
  readonly quality?: number;
  /** Write WebP, AVIF or JPEG XL exactly: 8 bits per sample, AVIF up to 12. PNG, PPM and PAM always are exact; JPEG cannot be. */
  readonly lossless?: boolean;
}

/** What {@linkcode encodePicture} gives. */
export interface EncodedPicture {
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For people: what of the picture the file does not hold and why, without a full stop; empty if it holds everything. */
  readonly warnings: readonly string[];
}

/**
 * The format of a file name.
 *
 * @param path A file's name or path; the letters' case is of no importance.
 * @returns The format for .png, .jpg, .jpeg, .jfif, .webp, .avif, .jxl, .ppm and .pam, otherwise `undefined`.
 */
export function formatOfExtension(path: string): EncodedFormat | undefined {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1].toLowerCase() ?? "";
  return WRITABLE_FORMATS.find(({ extensions }) => extensions.includes(extension))?.id;
}

/** The extension that files of a format are given, without a dot. */
export function extensionOf(format: EncodedFormat): string {
  return WRITABLE_FORMATS.find(({ id }) => id === format)!.extensions[0];
}

/**
 * Encodes a picture as a file of a format, with profile, EXIF and XMP where the format's file can take them.
 *
 * PNG, PPM and PAM keep 16 bits per sample; the others round to 8. JPEG and PPM have no alpha: pixels are laid on white. Both
 * are told in `warnings`. Samples and metadata are taken before the promise is returned: what is written to them later is not
 * in the file.
 *
 * @example A picture becomes a JPEG
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodePicture } from "./mod.ts";
 *
 * const picture = { data: new Uint8ClampedArray([10, 20, 30, 255]), width: 1, height: 1 };
 * const { bytes, warnings } = await encodePicture(picture, "jpeg", { quality: 80 });
 * assertEquals([...bytes.slice(0, 2)], [0xff, 0xd8]);
 * assertEquals(warnings, []);
 * ```
 *
 * @param picture The picture.
 * @param format The format.
 * @param options Quality, or exactness.
 * @returns The file and what it lacks.
 * @throws ImageError `image-encode-options`, `image-encode-failed`, `image-invalid` or `image-library-unavailable`;
 *   InvalidValueError ("option-unknown").
 */
export async function encodePicture(
  picture: Picture | Picture<Uint16Array>,
  format: EncodedFormat,
  options: EncodePictureOptions = {},
): Promise<EncodedPicture> {
  return await encode(picture, format, options, true);
}

/**
 * As {@linkcode encodePicture}, without a copy of the samples: the caller must leave them as they are until the promise
 * settles.
 *
 * @param picture As for {@linkcode encodePicture}.
 * @param format As for {@linkcode encodePicture}.
 * @param options As for {@linkcode encodePicture}.
 * @returns The file and what it lacks.
 */
export async function encodeUncopied(
  picture: Picture | Picture<Uint16Array>,
  format: EncodedFormat,
  options: EncodePictureOptions = {},
): Promise<EncodedPicture> {
  return await encode(picture, format, options, false);
}

async function encode(
  picture: Picture | Picture<Uint16Array>,
  format: EncodedFormat,
  options: EncodePictureOptions,
  isCopied: boolean,
): Promise<EncodedPicture> {
  assertPicture(picture);
  assertMetadata(picture.metadata);
  const { label, write } = checkOptions(format, options);
  const warnings: string[] = [];
  // Fields of an ImageData are getters of its class, which a spread leaves out.
  const { data, width, height } = picture, own = { ...picture, data, width, height } as Picture;
  let source = isCopied && write.readsLater ? copyOf(own) : own;
  if (!write.hasAlpha && hasAlpha(source)) {
    source = onWhite(source);
    warnings.push(`${label} has no transparency: the picture was laid on white`);
  }
  const { quality = 90, lossless = false } = options;
  const encoded = await write.encode(source, { quality, lossless });
  return { bytes: encoded.bytes, warnings: [...warnings, ...encoded.warnings] };
}

/** The picture in memory of its own. */
function copyOf({ data, metadata = {}, ...rest }: Picture): Picture {
  const { icc, exif, xmp } = metadata;
  return {
    ...rest,
    data: ownCopy(data),
    metadata: {
      ...metadata,
      ...(icc && { icc: new Uint8Array(icc) }),
      ...(exif && { exif: new Uint8Array(exif) }),
      ...(xmp && { xmp: new Uint8Array(xmp) }),
    },
  };
}

function checkOptions(format: EncodedFormat, options: EncodePictureOptions): WritableFormat {
  checkNames("encode the picture", options, ["quality", "lossless"]);
  const { quality, lossless } = options;
  const found = WRITABLE_FORMATS.find(({ id }) => id === format);
  if (!found) {
    throw invalid(
      `format must be ${listed(ENCODED_FORMATS)} (got ${JSON.stringify(format)})`,
      "Name one of them",
    );
  }
  if (lossless !== undefined && typeof lossless !== "boolean") {
    throw invalid(`lossless must be true or false (got ${JSON.stringify(lossless)})`, "Use one of them");
  }
  const { label, write } = found;
  if (lossless && !write.hasLosslessMode) {
    const others = WRITABLE_FORMATS.filter(({ read, write }) => read && write.hasLosslessMode);
    throw invalid(
      `a lossless file must be of ${listed(others.map(({ label }) => label))} (got ${label})`,
      "Choose another format, or leave lossless out",
    );
  }
  if (quality === undefined) return found;
  if (typeof quality !== "number" || !(quality >= 1 && quality <= 100)) {
    throw invalid(`quality must be 1 to 100 (got ${JSON.stringify(quality)})`, "Use a number of this range");
  }
  if (lossless || !write.hasLossyMode) {
    throw invalid(
      `quality must be absent for a ${lossless ? "lossless file" : `${label} file`} (got ${quality})`,
      "Leave quality out",
    );
  }
  return found;
}

function invalid(rule: string, remedy: string): ImageError {
  return new ImageError("image-encode-options", `Cannot encode the picture: ${rule}. ${remedy}.`);
}
