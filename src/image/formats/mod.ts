/**
 * All picture file formats. A new one is one file that describes it, one line here and its name in `../encoded_format.ts`;
 * the type checker asks for the name.
 */

import type { EncodedFormat, PictureFormat } from "../encoded_format.ts";
import { avif } from "./avif.ts";
import type { FileFormat, FormatReader, FormatWriter } from "./format.ts";
import { jpeg } from "./jpeg.ts";
import { jxl } from "./jxl.ts";
import { png } from "./png.ts";
import { pam, ppm } from "./pnm.ts";
import { webp } from "./webp.ts";

/** In the order in which messages list them. */
export const FORMATS: readonly (FileFormat & { readonly id: EncodedFormat })[] = [
  png,
  jpeg,
  webp,
  avif,
  jxl,
  ppm,
  pam,
];

/** A format that is read. */
export type ReadableFormat = FileFormat & { readonly id: PictureFormat; readonly read: FormatReader };
/** A format that is written. */
export type WritableFormat = FileFormat & { readonly id: EncodedFormat; readonly write: FormatWriter };

/** Formats that are read. */
export const READABLE_FORMATS: readonly ReadableFormat[] = FORMATS.filter((format) =>
  format.read !== undefined
) as ReadableFormat[];
/** Formats that are written. */
export const WRITABLE_FORMATS: readonly WritableFormat[] = FORMATS.filter((format) =>
  format.write !== undefined
) as WritableFormat[];

/** The format that a file claims by its first 64 bytes; the rest of the file may still be damaged. */
export function formatOfBytes(start: Uint8Array): ReadableFormat | undefined {
  return READABLE_FORMATS.find(({ read }) => read.matches(start));
}
