import { concat } from "../bytes.ts";
import type { MetadataWriter } from "./metadata_writer.ts";

/** Metadata of an AVIF file: not written yet, which is told. */
export const avifWithMetadata: MetadataWriter = (file, { icc, exif, xmp }) => {
  const lost = [icc && "the ICC profile", exif && "EXIF", xmp && "XMP"].filter(Boolean);
  return {
    bytes: concat([file]),
    warnings: lost.length > 0 ? [`${lost.join(", ")} cannot be written into AVIF: left out`] : [],
  };
};
