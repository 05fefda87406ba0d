import { typeOf } from "../core/picture.ts";
import { ImageError } from "./errors.ts";

/** Parts of metadata that are bytes. */
const BYTE_PARTS = ["icc", "exif", "xmp"] as const;

/**
 * Checks the types of a picture's metadata. A part that is `undefined` counts as left out.
 *
 * @param metadata What a caller gave as `PictureMetadata`.
 * @throws ImageError `image-invalid`.
 */
export function assertMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (typeof metadata !== "object" || metadata === null) {
    throw invalid("metadata must be an object", typeOf(metadata), "Leave it out");
  }
  const parts = metadata as { readonly [name: string]: unknown };
  for (const name of BYTE_PARTS) {
    const value = parts[name];
    if (value !== undefined && typeOf(value) !== "Uint8Array") {
      throw invalid(`its metadata's ${name} must be a Uint8Array`, typeOf(value), "Give its bytes");
    }
  }
  const { cicp } = parts;
  if (cicp !== undefined && !isCicp(cicp)) {
    const got = typeof cicp === "object" ? JSON.stringify(cicp) : typeOf(cicp);
    throw invalid(
      "its metadata's cicp must have primaries and transfer from 0 to 255, matrix 0 and fullRange true or false",
      got,
      "Leave it out for sRGB",
    );
  }
}

function isCicp(value: unknown): boolean {
  const { primaries, transfer, matrix, fullRange } = Object(value);
  const isByte = (code: unknown) =>
    Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 255;
  return isByte(primaries) && isByte(transfer) && matrix === 0 && typeof fullRange === "boolean";
}

function invalid(rule: string, got: string, remedy: string): ImageError {
  return new ImageError("image-invalid", `Cannot use the picture: ${rule} (got ${got}). ${remedy}.`);
}
