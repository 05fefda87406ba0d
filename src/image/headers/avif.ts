import { latin1 } from "../bytes.ts";
import { type Cicp, knownCicp } from "../cicp.ts";
import { damaged, ImageError } from "../errors.ts";
import { firstValidExif } from "../exif.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import { av1Colour } from "./av1_sequence.ts";
import type { Box } from "./boxes.ts";
import { describingItems, itemData, itemParts, type PrimaryItem, readPrimaryItem } from "./isobmff_items.ts";
import type { CropRect, StoredHeader } from "./types.ts";

/** Bytes of an `av1C` box before its OBUs. */
const AV1_CONFIGURATION_BYTES = 4;
const XMP_TYPE = "application/rdf+xml";

/**
 * Reads size (`ispe`), clean aperture (`clap`), rotation (`irot`) and mirroring (`imir`) of an AVIF file's primary item.
 *
 * As MIAF asks, only these properties turn the picture; an EXIF orientation in the file is ignored.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readAvif(bytes: Uint8Array): StoredHeader {
  const { properties } = readPrimaryItem(bytes);
  const sizeBox = last(properties, "ispe", 12);
  if (!sizeBox) throw damaged("AVIF", "its picture states no size");
  const width = sizeBox.getUint32(4), height = sizeBox.getUint32(8);
  if (width === 0 || height === 0) throw damaged("AVIF", `its size is ${width}×${height}`);
  const quarterTurns = (last(properties, "irot", 1)?.getUint8(0) ?? 0) & 3; // anticlockwise
  const mirror = last(properties, "imir", 1)?.getUint8(0);
  const orientation = toOrientation(quarterTurns, mirror === undefined ? undefined : mirror & 1);
  const aperture = last(properties, "clap", 32);
  const crop = aperture && cleanAperture(aperture, width, height);
  return { width, height, bitDepth: bitDepthOf(properties), orientation, ...(crop && { crop }) };
}

/** Bits per sample by the codec's configuration: two flags for 10 and for 12 (AV1 in ISOBMFF, clause 2.3). */
function bitDepthOf(properties: readonly Box[]): number {
  const flags = last(properties, "av1C", 3)?.getUint8(2) ?? 0;
  return flags & 0x40 ? flags & 0x20 ? 12 : 10 : 8;
}

/** The last property of a type among those of an item. */
function last(properties: readonly Box[], type: string, byteLength: number): DataView | undefined {
  const data = properties.findLast((box) => box.type === type && box.data.length >= byteLength)?.data;
  return data && new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The part of a picture that a clean aperture leaves (ISO/IEC 14496-12, clause 12.1.4): whole pixels inside it.
 *
 * @throws ImageError `image-damaged` where it is not inside the picture.
 */
function cleanAperture(box: DataView, width: number, height: number): CropRect {
  const ratio = (at: number, signed: boolean) =>
    (signed ? box.getInt32(at) : box.getUint32(at)) / box.getUint32(at + 4);
  const side = (whole: number, apertureAt: number, offsetAt: number) => {
    const aperture = ratio(apertureAt, false);
    const start = ratio(offsetAt, true) + (whole - aperture) / 2;
    // Numbers that should be whole may come out of the divisions with an error of some units in the last place.
    const from = Math.ceil(start - 1e-6), to = Math.floor(start + aperture + 1e-6);
    if (!(from >= 0 && to <= whole && to > from)) {
      throw damaged("AVIF", `its clean aperture spans ${start} to ${start + aperture} of ${whole} pixels`);
    }
    return { from, length: to - from };
  };
  const across = side(width, 0, 16), down = side(height, 8, 24);
  return { x: across.from, y: down.from, width: across.length, height: down.length };
}

/** Rotation comes first, then mirroring: 0 exchanges top and bottom, 1 left and right. */
function toOrientation(quarterTurns: number, mirror: number | undefined): Orientation {
  const table: readonly (readonly Orientation[])[] = [[1, 8, 3, 6], [4, 5, 2, 7], [2, 7, 4, 5]];
  return table[mirror === undefined ? 0 : mirror + 1][quarterTurns];
}

/** Profile, colour description, EXIF and XMP of an AVIF file's primary item. */
export function avifMetadata(bytes: Uint8Array): RawMetadata {
  const item = readPrimaryItem(bytes), parts = itemParts(bytes, item.meta);
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | undefined;
  for (const { id, type, contentType } of describingItems(item)) {
    const data = type === "Exif" || contentType === XMP_TYPE ? itemData(parts, id) : undefined;
    if (!data) continue;
    if (type === "Exif") exif.push(exifOfItem(data));
    else xmp ??= data;
  }
  const profile = item.properties.find((property) => /^(prof|rICC)/.test(colourType(property)));
  const icc = profile?.data.subarray(4);
  // A profile replaces the primaries and the transfer of a description beside it.
  const cicp = icc ? undefined : avifCicp(bytes, item);
  const warnings = isSequence(bytes) ? ["the animation was left out; its first frame was kept"] : [];
  return { icc, cicp, exif: firstValidExif(exif), xmp, warnings };
}

/** Whether the file's brands, major (offset 8) and compatible (from 16), name an image sequence. */
function isSequence(bytes: Uint8Array): boolean {
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length);
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) {
    if (latin1(bytes.subarray(at, at + 4)) === "avis") return true;
  }
  return false;
}

/** Four letters of a `colr` property: "nclx", "prof", "rICC"; empty for other properties. */
function colourType({ type, data }: Box): string {
  return type === "colr" ? latin1(data.subarray(0, 4)) : "";
}

/** An EXIF item: four bytes say how many come before the TIFF header. */
function exifOfItem(data: Uint8Array): Uint8Array {
  if (data.length < 4) return data;
  return data.subarray(4 + new DataView(data.buffer, data.byteOffset).getUint32(0));
}

/** The colour description of the file, or of the AV1 stream if the file has none; samples are decoded to RGB, full range. */
function avifCicp(bytes: Uint8Array, { id, meta, properties }: PrimaryItem): Cicp | undefined {
  const box = properties.find((property) => colourType(property) === "nclx" && property.data.length >= 8);
  if (box) {
    const view = new DataView(box.data.buffer, box.data.byteOffset);
    return knownCicp(view.getUint16(4), view.getUint16(6), true);
  }
  const configuration = properties.find(({ type }) => type === "av1C");
  if (!configuration) return undefined;
  try {
    const colour = av1Colour(configuration.data.subarray(AV1_CONFIGURATION_BYTES)) ??
      av1Colour(itemData(itemParts(bytes, meta), id) ?? new Uint8Array(0));
    return colour && knownCicp(colour.primaries, colour.transfer, true);
  } catch (error) {
    if (error instanceof ImageError) return undefined; // a stream cut short tells no colour
    throw error;
  }
}
