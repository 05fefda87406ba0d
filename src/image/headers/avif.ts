import { damaged } from "../errors.ts";
import { latin1 } from "../bytes.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import { type Box, boxes } from "./boxes.ts";
import type { StoredHeader } from "./types.ts";

/** Bytes of version and flags at the start of a "full" box. */
const FULL_BOX_BYTES = 4;

/**
 * Reads size (`ispe`), rotation (`irot`) and mirroring (`imir`) of an AVIF file's primary item.
 *
 * As MIAF asks, only these properties turn the picture; an EXIF orientation in the file is ignored.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readAvif(bytes: Uint8Array): StoredHeader {
  const meta = content(find(bytes, "meta"));
  const primaryItem = readPrimaryItem(content(find(meta, "pitm")), find(meta, "pitm").data[0]);
  const itemProperties = find(meta, "iprp").data;
  const properties = [...boxes(find(itemProperties, "ipco").data, "AVIF")];
  let size: { width: number; height: number } | undefined;
  let quarterTurns = 0; // anticlockwise
  let mirror: number | undefined;
  for (const index of associatedProperties(find(itemProperties, "ipma").data, primaryItem)) {
    const property = properties[index - 1]; // properties are numbered from 1
    if (property === undefined) continue;
    const view = new DataView(property.data.buffer, property.data.byteOffset, property.data.byteLength);
    if (property.type === "ispe" && view.byteLength >= 12) {
      size = { width: view.getUint32(4), height: view.getUint32(8) };
    } else if (property.type === "irot" && view.byteLength >= 1) {
      quarterTurns = view.getUint8(0) & 3;
    } else if (property.type === "imir" && view.byteLength >= 1) {
      mirror = view.getUint8(0) & 1;
    }
  }
  if (!size) throw damaged("AVIF", "its picture states no size");
  if (size.width === 0 || size.height === 0) {
    throw damaged("AVIF", `its size is ${size.width}×${size.height}`);
  }
  return { ...size, orientation: toOrientation(quarterTurns, mirror) };
}

/** Rotation comes first, then mirroring: 0 exchanges top and bottom, 1 left and right. */
function toOrientation(quarterTurns: number, mirror: number | undefined): Orientation {
  const table: readonly (readonly Orientation[])[] = [[1, 8, 3, 6], [4, 5, 2, 7], [2, 7, 4, 5]];
  return table[mirror === undefined ? 0 : mirror + 1][quarterTurns];
}

function find(bytes: Uint8Array, type: string): Box {
  for (const box of boxes(bytes, "AVIF")) {
    if (box.type === type) return box;
  }
  throw damaged("AVIF", `its box ${JSON.stringify(type)} is missing`);
}

function content(box: Box): Uint8Array {
  return box.data.subarray(FULL_BOX_BYTES);
}

function readPrimaryItem(data: Uint8Array, version: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.byteLength < (version === 0 ? 2 : 4)) throw damaged("AVIF", 'its box "pitm" is cut short');
  return version === 0 ? view.getUint16(0) : view.getUint32(0);
}

/** The property numbers that the `ipma` box attaches to an item. */
function associatedProperties(data: Uint8Array, item: number): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const indices: number[] = [];
  try {
    const wideItems = view.getUint8(0) >= 1; // version
    const wideIndices = (view.getUint8(3) & 1) === 1; // flags
    const entryCount = view.getUint32(4);
    for (let entry = 0, offset = 8; entry < entryCount; entry++) {
      const itemId = wideItems ? view.getUint32(offset) : view.getUint16(offset);
      offset += wideItems ? 4 : 2;
      const count = view.getUint8(offset++);
      for (let i = 0; i < count; i++, offset += wideIndices ? 2 : 1) {
        // The highest bit says "essential".
        const index = wideIndices ? view.getUint16(offset) & 0x7fff : view.getUint8(offset) & 0x7f;
        if (itemId === item) indices.push(index);
      }
    }
  } catch (cause) { // DataView's RangeError at the box's end
    throw damaged("AVIF", 'its box "ipma" is cut short', cause);
  }
  return indices;
}

/** The ICC profile (`colr`) of an AVIF file's primary item. */
export function avifMetadata(bytes: Uint8Array): RawMetadata {
  const meta = content(find(bytes, "meta"));
  const primaryItem = readPrimaryItem(content(find(meta, "pitm")), find(meta, "pitm").data[0]);
  const itemProperties = find(meta, "iprp").data;
  const properties = [...boxes(find(itemProperties, "ipco").data, "AVIF")];
  const profile = associatedProperties(find(itemProperties, "ipma").data, primaryItem)
    .map((index) => properties[index - 1])
    .find((property) =>
      property?.type === "colr" && /^(prof|rICC)/.test(latin1(property.data.subarray(0, 4)))
    );
  return { icc: profile?.data.subarray(4), exif: undefined, xmp: undefined };
}
