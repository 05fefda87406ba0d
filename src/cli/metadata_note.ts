import type { JobResult } from "../batch/job.ts";
import { METADATA_NAMES } from "../format/mod.ts";
import { byteText } from "./progress.ts";

/** A smaller share of a file's bytes is not worth a line. */
const NOTABLE_SHARE = 0.1;
const LABELS: { readonly [name: string]: string } = {
  icc: "ICC profile",
  exif: "EXIF",
  xmp: "XMP",
  user: "JSON",
};
/** Parts that `--strip` keeps, since colours would change without them. */
const COLOUR_PARTS: readonly string[] = ["icc", "cicp"];

/** Bytes of a compressed file that are metadata. */
export function metadataBytesOf(result: JobResult): number {
  return partsOf(result).reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** Whether metadata take so large a share of a file that the user should know. */
export function isNotable(metadataBytes: number, fileBytes: number): boolean {
  return metadataBytes > 0 && metadataBytes >= NOTABLE_SHARE * fileBytes;
}

/**
 * A line on the size of a compressed file's metadata, where it is notable:
 * `metadata 9.20 kB of 40.1 kB (ICC profile 3.10 kB, EXIF 6.10 kB); --strip keeps only the colour profile`.
 */
export function metadataNote(result: JobResult): string | undefined {
  const parts = partsOf(result), total = metadataBytesOf(result);
  if (!isNotable(total, result.bytes)) return undefined;
  const list = parts.map(([name, bytes]) => `${LABELS[name] ?? name} ${byteText(bytes)}`).join(", ");
  const isColourOnly = parts.every(([name]) => COLOUR_PARTS.includes(name));
  const remedy = isColourOnly ? "" : "; --strip keeps only the colour profile";
  return `metadata ${byteText(total)} of ${byteText(result.bytes)} (${list})${remedy}`;
}

function partsOf({ sectionBytes }: JobResult): [name: string, bytes: number][] {
  const names: readonly string[] = METADATA_NAMES;
  return Object.entries(sectionBytes).filter(([kind]) => names.includes(kind));
}
