/**
 * Items of an ISO base media file's `meta` box (ISO/IEC 14496-12, clause 8.11), as AVIF has them.
 *
 * @module
 */
import { concat, latin1 } from "../bytes.ts";
import { damaged } from "../errors.ts";
import { type Box, boxes } from "./boxes.ts";

/** Bytes of version and flags at the start of a "full" box. */
const FULL_BOX_BYTES = 4;

/** The picture that a file shows first, and what belongs to it. */
export interface PrimaryItem {
  /** Its number. */
  readonly id: number;
  /** Its properties, in the order in which they apply. */
  readonly properties: readonly Box[];
  /** Content of the `meta` box after version and flags. */
  readonly meta: Uint8Array;
}

/** Another item: EXIF, XMP. */
export interface ItemInfo {
  /** Its number. */
  readonly id: number;
  /** Four letters: "Exif", "mime", "av01". */
  readonly type: string;
  /** MIME type of items of type "mime"; otherwise empty. */
  readonly contentType: string;
}

/**
 * Reads the primary item.
 *
 * @throws ImageError `image-damaged`.
 */
export function readPrimaryItem(bytes: Uint8Array): PrimaryItem {
  const meta = find(bytes, "meta").data.subarray(FULL_BOX_BYTES);
  const pitm = reader(find(meta, "pitm").data, "pitm");
  const id = pitm.version === 0 ? pitm.number(2) : pitm.number(4);
  const itemProperties = find(meta, "iprp").data;
  const all = [...boxes(find(itemProperties, "ipco").data, "AVIF")];
  const properties: Box[] = [];
  for (const box of boxes(itemProperties, "AVIF")) {
    if (box.type !== "ipma") continue;
    for (const index of associatedProperties(box.data, id)) {
      const property = all[index - 1]; // properties are numbered from 1
      if (property) properties.push(property);
    }
  }
  return { id, properties, meta };
}

/** The items that describe an item (`cdsc`), or all if the file has no references. */
export function describingItems({ meta, id }: PrimaryItem): ItemInfo[] {
  const iinf = optional(meta, "iinf");
  if (!iinf) return [];
  const describing = referencesTo(meta, id);
  const items = [...itemInfos(iinf.data)];
  return describing ? items.filter((item) => describing.has(item.id)) : items;
}

/**
 * The bytes of an item.
 *
 * @param bytes The whole file.
 * @returns The bytes; `undefined` if the file has none, lacks some of them, or builds them from other items.
 */
export function itemData(bytes: Uint8Array, meta: Uint8Array, id: number): Uint8Array | undefined {
  const iloc = optional(meta, "iloc");
  if (!iloc) return undefined;
  const fields = reader(iloc.data, "iloc"), { version } = fields;
  const sizes = fields.number(2), nibble = (i: number) => (sizes >> (12 - 4 * i)) & 15;
  const offsetBytes = nibble(0), lengthBytes = nibble(1), baseBytes = nibble(2);
  const indexBytes = version === 0 ? 0 : nibble(3), idBytes = version < 2 ? 2 : 4;
  const itemCount = fields.number(idBytes);
  for (let item = 0; item < itemCount; item++) {
    const itemId = fields.number(idBytes);
    const method = version === 0 ? 0 : fields.number(2) & 15;
    fields.number(2); // data reference
    const base = fields.number(baseBytes), extentCount = fields.number(2);
    const source = method === 0 ? bytes : method === 1 ? optional(meta, "idat")?.data : undefined;
    const parts: Uint8Array[] = [];
    let isWhole = source !== undefined, total = 0;
    const extentBytes = indexBytes + offsetBytes + lengthBytes;
    if (extentBytes === 0 && extentCount > 1) {
      throw damaged("AVIF", "an item has the same part several times");
    }
    for (let extent = 0; extent < extentCount; extent++) {
      fields.number(indexBytes);
      const start = base + fields.number(offsetBytes), length = fields.number(lengthBytes);
      if (itemId !== id || !source) continue;
      const end = length === 0 ? source.length : start + length; // 0 means "to the end"
      total += end - start;
      // Parts that together exceed the source overlap.
      if (end > source.length || start >= end || total > source.length) isWhole = false;
      else parts.push(source.subarray(start, end));
    }
    if (itemId === id) return isWhole ? concat(parts) : undefined;
  }
  return undefined;
}

function find(bytes: Uint8Array, type: string): Box {
  const box = optional(bytes, type);
  if (!box) throw damaged("AVIF", `its box ${JSON.stringify(type)} is missing`);
  return box;
}

function optional(bytes: Uint8Array, type: string): Box | undefined {
  for (const box of boxes(bytes, "AVIF")) if (box.type === type) return box;
  return undefined;
}

/** The property numbers that an `ipma` box attaches to an item. */
function associatedProperties(data: Uint8Array, item: number): number[] {
  const fields = reader(data, "ipma"), indices: number[] = [];
  const idBytes = fields.version >= 1 ? 4 : 2;
  const wideIndices = (data[3] & 1) === 1; // flags
  const entryCount = fields.number(4);
  for (let entry = 0; entry < entryCount; entry++) {
    const itemId = fields.number(idBytes), count = fields.number(1);
    for (let i = 0; i < count; i++) {
      // The highest bit says "essential".
      const index = wideIndices ? fields.number(2) & 0x7fff : fields.number(1) & 0x7f;
      if (itemId === item) indices.push(index);
    }
  }
  return indices;
}

/** Numbers of the items that describe an item; `undefined` if the file has no references. */
function referencesTo(meta: Uint8Array, id: number): Set<number> | undefined {
  const iref = optional(meta, "iref");
  if (!iref) return undefined;
  const idBytes = iref.data[0] === 0 ? 2 : 4, describing = new Set<number>();
  for (const { type, data } of boxes(iref.data.subarray(FULL_BOX_BYTES), "AVIF")) {
    if (type !== "cdsc") continue;
    const fields = reader(data, "iref", 0), from = fields.number(idBytes);
    for (let count = fields.number(2); count > 0; count--) {
      if (fields.number(idBytes) === id) describing.add(from);
    }
  }
  return describing;
}

function* itemInfos(data: Uint8Array): Generator<ItemInfo, void, void> {
  const listOffset = FULL_BOX_BYTES + (data[0] === 0 ? 2 : 4);
  for (const box of boxes(data.subarray(listOffset), "AVIF")) {
    const version = box.data[0];
    if (box.type !== "infe" || version < 2) continue;
    const fields = reader(box.data, "infe"), id = fields.number(version === 2 ? 2 : 4);
    fields.number(2); // protection
    const typeAt = FULL_BOX_BYTES + (version === 2 ? 4 : 6), nameAt = typeAt + 4;
    const type = latin1(box.data.subarray(typeAt, nameAt));
    const [, contentType = ""] = latin1(box.data.subarray(nameAt)).split("\0");
    yield { id, type, contentType: type === "mime" ? contentType : "" };
  }
}

/** Reads big-endian numbers of a box one after the other. Errors: ImageError `image-damaged` at its end. */
function reader(
  data: Uint8Array,
  type: string,
  start = FULL_BOX_BYTES,
): { readonly version: number; number(byteLength: number): number } {
  let at = start;
  return {
    version: data[0],
    number(byteLength) {
      let value = 0;
      if (at + byteLength > data.length) throw damaged("AVIF", `its box "${type}" is cut short`);
      for (let i = 0; i < byteLength; i++) value = value * 256 + data[at++];
      return value;
    },
  };
}
