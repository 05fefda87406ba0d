/**
 * Items of an ISO base media file's `meta` box (ISO/IEC 14496-12, clause 8.11), as AVIF has them.
 *
 * @module
 */
import { concat } from "../../core/concat.ts";
import { latin1 } from "../bytes.ts";
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
  const references = itemReferences(meta), items = [...itemInfos(iinf.data)];
  if (!references) return items;
  const describing = new Set(
    references.filter(({ type, to }) => type === "cdsc" && to.includes(id)).map(({ from }) => from),
  );
  return items.filter((item) => describing.has(item.id));
}

/** Where the bytes of items lie, by their numbers; `undefined` for those that lack some or are built from other items. */
export type ItemParts = ReadonlyMap<number, readonly Uint8Array[] | undefined>;

/**
 * Finds the bytes of all items, as `iloc` places them in the file or in `idat`.
 *
 * @param bytes The whole file.
 * @param meta Content of the `meta` box.
 * @returns Views into the file.
 */
export function itemParts(bytes: Uint8Array, meta: Uint8Array): ItemParts {
  const found = new Map<number, readonly Uint8Array[] | undefined>();
  const iloc = optional(meta, "iloc"), inner = optional(meta, "idat")?.data;
  if (!iloc) return found;
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
    const source = method === 0 ? bytes : method === 1 ? inner : undefined;
    const parts: Uint8Array[] = [];
    let isWhole = source !== undefined, total = 0;
    const extentBytes = indexBytes + offsetBytes + lengthBytes;
    if (extentBytes === 0 && extentCount > 1) {
      throw damaged("AVIF", "an item has the same part several times");
    }
    for (let extent = 0; extent < extentCount; extent++) {
      fields.number(indexBytes);
      const start = base + fields.number(offsetBytes), length = fields.number(lengthBytes);
      if (!source || !isWhole) continue;
      const end = length === 0 ? source.length : start + length; // 0 means "to the end"
      total += end - start;
      // Parts that together exceed the source overlap.
      if (end > source.length || start >= end || total > source.length) isWhole = false;
      else parts.push(source.subarray(start, end));
    }
    if (!found.has(itemId)) found.set(itemId, isWhole ? parts : undefined);
  }
  return found;
}

/** The bytes of an item; `undefined` if {@linkcode itemParts} has none. */
export function itemData(parts: ItemParts, id: number): Uint8Array | undefined {
  const found = parts.get(id);
  return found && (found.length === 1 ? found[0] : concat(found));
}

/** A reference between items. */
export interface ItemReference {
  /** Four letters: "cdsc", "dimg", "auxl", "thmb". */
  readonly type: string;
  /** The item that refers. */
  readonly from: number;
  /** The items that it refers to, in order. */
  readonly to: readonly number[];
}

/** The references between items; `undefined` if the file has none. */
export function itemReferences(meta: Uint8Array): ItemReference[] | undefined {
  const iref = optional(meta, "iref");
  if (!iref) return undefined;
  const idBytes = iref.data[0] === 0 ? 2 : 4;
  return [...boxes(iref.data.subarray(FULL_BOX_BYTES), "AVIF")].map(({ type, data }) => {
    const fields = reader(data, "iref", 0), from = fields.number(idBytes);
    return { type, from, to: Array.from({ length: fields.number(2) }, () => fields.number(idBytes)) };
  });
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
