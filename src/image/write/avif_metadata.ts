import { concat } from "../../core/concat.ts";
import { ascii } from "../bytes.ts";
import { boxes } from "../headers/boxes.ts";
import { itemParts, readPrimaryItem } from "../headers/isobmff_items.ts";
import { bigEndian, isoBox } from "./iso_box.ts";
import type { MetadataWriter } from "./metadata_writer.ts";

/** Version and flags of most boxes. */
const VERSION_0 = new Uint8Array(4);
const XMP_TYPE = "application/rdf+xml";
/** The largest number of a property that fits beside its bit "essential". */
const MAX_PROPERTY = 127;

/** An item that is added. */
interface NewItem {
  readonly id: number;
  /** The box that tells of it. */
  readonly info: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Adds the profile as a property of the primary item, and EXIF and XMP as items that describe it, to a file that libavif has
 * written: `ftyp`, `meta` and `mdat`, with 16-bit numbers of items.
 */
export const avifWithMetadata: MetadataWriter = (file, { icc, exif, xmp }) => {
  if (!icc && !exif && !xmp) return { bytes: concat([file]), warnings: [] };
  const primary = readPrimaryItem(file), parts = itemParts(file, primary.meta);
  const firstId = Math.max(...parts.keys()) + 1;
  const items: NewItem[] = [];
  const add = (type: string, text: string, data: Uint8Array) => {
    const id = firstId + items.length;
    const info = isoBox(
      "infe",
      Uint8Array.of(2, 0, 0, 1), // version 2, hidden
      bigEndian(id, 2),
      bigEndian(0, 2),
      ascii(type),
      ascii(text),
    );
    items.push({ id, info, data });
  };
  // Four bytes say where the TIFF header begins after them.
  if (exif) add("Exif", "\0", concat([new Uint8Array(4), exif]));
  if (xmp) add("mime", `\0${XMP_TYPE}\0`, xmp);

  const start = [...boxes(file, "AVIF")].filter(({ type }) => type === "ftyp").map(({ type, data }) =>
    isoBox(type, data)
  );
  const rest = file.subarray(concat(start).length + metaBytes(file));
  const children = [...boxes(primary.meta, "AVIF")];
  /** The new `meta` box, if what follows it begins at this offset; its length does not depend on it. */
  const metaWith = (restOffset: number) => {
    const shift = restOffset - (file.length - rest.length);
    const oldPlaces = [...parts].map(([id, extents]) => ({
      id,
      extents: (extents ?? []).map((
        { byteOffset, length },
      ) => [byteOffset - file.byteOffset + shift, length]),
    }));
    let at = restOffset + rest.length + 8; // behind the head of the added `mdat`
    const newPlaces = items.map(({ id, data }) => {
      const extents = [[at, data.length]];
      at += data.length;
      return { id, extents };
    });
    const hasReferences = children.some(({ type }) => type === "iref");
    const described = items.map(({ id }) =>
      isoBox("cdsc", bigEndian(id, 2), bigEndian(1, 2), bigEndian(primary.id, 2))
    );
    const changed = children.map(({ type, data }) => {
      if (type === "iloc") return locations([...oldPlaces, ...newPlaces]);
      if (type === "iinf") {
        const count = data[4] << 8 | data[5];
        return isoBox(
          type,
          VERSION_0,
          bigEndian(count + items.length, 2),
          data.subarray(6),
          ...items.map(({ info }) => info),
        );
      }
      if (type === "iref") return isoBox(type, data, ...described);
      return type === "iprp" && icc ? withProfile(data, primary.id, icc) : isoBox(type, data);
    });
    const references = hasReferences || items.length === 0 ? [] : [isoBox("iref", VERSION_0, ...described)];
    return isoBox("meta", VERSION_0, ...changed, ...references);
  };
  const head = concat(start), meta = metaWith(head.length + metaWith(0).length);
  const added = items.length > 0 ? [isoBox("mdat", ...items.map(({ data }) => data))] : [];
  return { bytes: concat([head, meta, rest, ...added]), warnings: [] };
};

/** Length of the `meta` box with its head. */
function metaBytes(file: Uint8Array): number {
  for (const { type, data } of boxes(file, "AVIF")) if (type === "meta") return data.length + 8;
  return 0;
}

/** An `iloc` box of version 0: offsets and lengths of 32 bits from the start of the file. */
function locations(
  places: readonly { readonly id: number; readonly extents: readonly (readonly number[])[] }[],
): Uint8Array {
  return isoBox(
    "iloc",
    VERSION_0,
    Uint8Array.of(0x44, 0),
    bigEndian(places.length, 2),
    ...places.flatMap(({ id, extents }) => [
      bigEndian(id, 2),
      bigEndian(0, 2), // this file
      bigEndian(extents.length, 2),
      ...extents.flatMap((extent) => extent.map((number) => bigEndian(number, 4))),
    ]),
  );
}

/** An `iprp` box with the profile as one more property of an item. */
function withProfile(properties: Uint8Array, item: number, icc: Uint8Array): Uint8Array {
  let number = 0;
  return isoBox(
    "iprp",
    ...[...boxes(properties, "AVIF")].map(({ type, data }) => {
      if (type === "ipco") {
        number = [...boxes(data, "AVIF")].length + 1;
        return isoBox(type, data, isoBox("colr", ascii("prof"), icc));
      }
      return type === "ipma" && number <= MAX_PROPERTY
        ? isoBox(type, associated(data, item, number))
        : isoBox(type, data);
    }),
  );
}

/** The content of an `ipma` box of version 0 in which an item has one more property. */
function associated(data: Uint8Array, item: number, number: number): Uint8Array {
  const out: Uint8Array[] = [data.subarray(0, 8)];
  for (let at = 8; at + 3 <= data.length;) {
    const end = at + 3 + data[at + 2], isItem = (data[at] << 8 | data[at + 1]) === item;
    const entry = data.slice(at, end);
    if (isItem) entry[2]++;
    out.push(entry, ...(isItem ? [Uint8Array.of(number)] : []));
    at = end;
  }
  return concat(out);
}
