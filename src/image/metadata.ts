import { ImageError } from "./errors.ts";
import { readExifOrientation, uprightExif } from "./exif.ts";
import type { ReadableFormat } from "./formats/mod.ts";
import { profileFault, profileFits, profileSpace, profileWarning } from "./icc_profile.ts";
import { MAX_METADATA_PART_BYTES, type PictureMetadata, type RawMetadata } from "./metadata_parts.ts";
import { type DeepPicture, isGreyPicture, type Picture } from "./picture.ts";
import { uprightXmp } from "./xmp.ts";

const LABELS = { icc: "ICC profile", exif: "EXIF metadata", xmp: "XMP metadata" } as const;

/** Metadata of a picture file, and what was lost of them. */
export interface ReadMetadata {
  /** What there is. */
  readonly metadata: PictureMetadata;
  /** For people: what was left out and why. */
  readonly warnings: readonly string[];
}

/**
 * Reads the metadata of a picture file. Their orientation is set to upright, as the picture is turned when it is decoded.
 *
 * @param format The file's format.
 * @param bytes The whole file.
 * @param picture Its pixels, which a profile must fit; a colour description that its decoder gave counts before the file's.
 * @returns What there is, and what was left out.
 */
export async function readMetadata(
  format: ReadableFormat,
  bytes: Uint8Array,
  picture: Picture | DeepPicture,
): Promise<ReadMetadata> {
  let raw: RawMetadata;
  try {
    raw = await format.read.metadata(bytes);
  } catch (error) {
    if (!(error instanceof ImageError || error instanceof RangeError)) throw error;
    return { metadata: {}, warnings: ["the metadata cannot be read and were left out"] };
  }
  const isOriented = format.read.orientsItself || readExifOrientation(raw.exif) !== undefined;
  const upright = {
    ...raw,
    ...picture.metadata,
    exif: raw.exif && uprightExif(raw.exif),
    xmp: raw.xmp && isOriented ? uprightXmp(raw.xmp) : raw.xmp,
  };
  const warnings = [...raw.warnings];
  const metadata: { -readonly [K in keyof PictureMetadata]: PictureMetadata[K] } = {};
  for (const name of ["icc", "exif", "xmp"] as const) {
    const part = upright[name];
    if (!part || part.length === 0) continue;
    if (part.length > MAX_METADATA_PART_BYTES) {
      warnings.push(
        `the ${
          LABELS[name]
        } of ${part.length} bytes is longer than ${MAX_METADATA_PART_BYTES} and was left out`,
      );
      continue;
    }
    const fault = name === "icc" ? profileFaultFor(part, picture) : undefined;
    if (fault !== undefined) warnings.push(profileWarning(fault));
    else metadata[name] = part;
  }
  if (upright.cicp) metadata.cicp = upright.cicp;
  return { metadata, warnings };
}

function profileFaultFor(profile: Uint8Array, picture: Picture | DeepPicture): string | undefined {
  const fault = profileFault(profile);
  if (fault !== undefined) return fault;
  // Only a grey profile depends on the pixels.
  const isGrey = profileSpace(profile) === "GRAY" && isGreyPicture(picture.data);
  if (profileFits(profile, isGrey)) return undefined;
  return `is one of ${profileSpace(profile).trim() || "unknown"} samples, which the picture does not have,`;
}
