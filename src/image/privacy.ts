import { exifWithoutLocation } from "./exif.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { xmpWithoutLocation } from "./xmp.ts";

/**
 * Metadata that are needed to show a picture: ICC profile and colour description.
 *
 * @param metadata Of a picture or of a file; not changed.
 * @returns What tells the colours, and nothing else.
 */
export function colourOnly({ icc, cicp }: PictureMetadata): PictureMetadata {
  return { ...(icc && { icc }), ...(cicp && { cicp }) };
}

/**
 * Metadata that do not tell where a picture was taken.
 *
 * Of EXIF the GPS directory goes with all its values, and IPTC and XMP inside EXIF; of XMP the coordinates (`exif:GPS…` and
 * other names that begin with "gps", latitudes, longitudes, altitudes) and the place names of Photoshop and the IPTC (city,
 * state, country, location). A block that cannot be read is left out, as nobody can say what it tells. Data of the camera's
 * maker and `user` metadata stay as they are.
 *
 * @param metadata Of a picture or of a file; not changed.
 * @returns The same with these parts removed.
 *
 * @example Coordinates are removed from XMP
 * ```ts
 * import { withoutLocation } from "@vaerans/vaerans/image";
 * import { assertEquals } from "@std/assert";
 *
 * const xmp = new TextEncoder().encode('<x exif:GPSLatitude="52,31.2N" dc:title="Gate"/>');
 * const { xmp: rest } = withoutLocation({ xmp });
 * assertEquals(new TextDecoder().decode(rest), '<x dc:title="Gate"/>');
 * ```
 */
export function withoutLocation<M extends PictureMetadata>(metadata: M): M {
  const { exif, xmp, ...others } = metadata;
  const exifLeft = exif && exifWithoutLocation(exif), xmpLeft = xmp && xmpWithoutLocation(xmp);
  return { ...others, ...(exifLeft && { exif: exifLeft }), ...(xmpLeft && { xmp: xmpLeft }) } as M;
}
