/** AVIF files put together box by box around the coded picture of another. */
import { bytesOf, uint32 } from "./synthetic.ts";

/** A box. */
export function box(type: string, ...content: (Uint8Array | number | string)[]): Uint8Array {
  const body = bytesOf(...content);
  return bytesOf(uint32(8 + body.length), type, body);
}

/** A `colr` box of code points. */
export function nclx(primaries: number, transfer: number, matrix = 6, fullRange = true): Uint8Array {
  return box("colr", "nclx", 0, primaries, 0, transfer, 0, matrix, fullRange ? 0x80 : 0);
}

/** A `clap` box of width, height and the centre's offsets, each a fraction. */
export function clap(...fractions: readonly (readonly [number, number])[]): Uint8Array {
  return box("clap", ...fractions.flat().map((number) => uint32(number)));
}

/** An item besides the picture. */
export interface ExtraItem {
  /** "Exif" or "mime". */
  readonly type: string;
  /** Of "mime". */
  readonly contentType?: string;
  /** Its bytes. */
  readonly data: Uint8Array;
  /** Where it lies: in `mdat`, in `idat`, or in two parts of `idat`. */
  readonly place: "file" | "idat" | "idat in two parts";
  /** Whether it says that it describes the picture. */
  readonly describes?: boolean;
}

/** How the file writes numbers. */
export interface AvifForm {
  /** Version of `iloc`: 0 cannot say "idat", 2 has numbers of 32 bits. */
  readonly ilocVersion: 0 | 1 | 2;
  /** Version of `infe` and width of numbers in `iref`, `pitm`, `ipma`. */
  readonly wideNumbers: boolean;
}

/** The coded picture of a file whose `mdat` holds nothing else. */
export function codedPicture(file: Uint8Array): Uint8Array {
  return file.subarray(offsetOf(file, "mdat") + 4);
}

/** A box of a file by its type, whole. */
export function boxOf(file: Uint8Array, type: string): Uint8Array {
  const at = offsetOf(file, type) - 4;
  return file.subarray(at, at + new DataView(file.buffer, file.byteOffset).getUint32(at));
}

function offsetOf(file: Uint8Array, type: string): number {
  const letters = new TextEncoder().encode(type);
  return file.findIndex((_, i) => letters.every((letter, k) => file[i + k] === letter));
}

/** A file of one picture with these properties and items. */
export function avifFile(
  coded: Uint8Array,
  properties: readonly Uint8Array[],
  items: readonly ExtraItem[] = [],
  { ilocVersion, wideNumbers }: AvifForm = { ilocVersion: 1, wideNumbers: false },
): Uint8Array {
  const ftyp = box("ftyp", "avif", uint32(0), "avifmif1miafMA1A");
  const id = (number: number, wide = wideNumbers) => wide ? uint32(number) : Uint8Array.of(0, number);
  const full = (version: number, flags = 0) => Uint8Array.of(version, 0, 0, flags);
  const idat: Uint8Array[] = [], mdat: Uint8Array[] = [coded];
  const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);
  const places = [{ inFile: true, extents: [[0, coded.length]] }];
  for (const { data, place } of items) {
    const target = place === "file" ? mdat : idat, start = lengthOf(target), half = data.length >> 1;
    target.push(place === "idat in two parts" ? bytesOf(data.subarray(half), data.subarray(0, half)) : data);
    const parts = [[start + data.length - half, half], [start, data.length - half]];
    places.push({
      inFile: place === "file",
      extents: place === "idat in two parts" ? parts : [[start, data.length]],
    });
  }
  const metaOf = (mdatOffset: number) => {
    const wideIloc = ilocVersion === 2;
    // The decoder's library reads base offsets of version 0 only.
    const hasBase = ilocVersion === 0, none = new Uint8Array(0);
    const iloc = places.flatMap(({ inFile, extents }, i) => {
      const origin = inFile ? mdatOffset : 0;
      return [
        id(i + 1, wideIloc),
        ilocVersion === 0 ? none : Uint8Array.of(0, inFile ? 0 : 1),
        Uint8Array.of(0, 0),
        hasBase ? uint32(origin) : none,
        Uint8Array.of(0, extents.length),
        ...extents.flatMap(([start, length]) => [uint32(hasBase ? start : origin + start), uint32(length)]),
      ];
    });
    const infos = [{ type: "av01" }, ...items].map((item, i) =>
      box(
        "infe",
        full(wideNumbers ? 3 : 2),
        id(i + 1),
        Uint8Array.of(0, 0),
        item.type,
        "name\0",
        "contentType" in item ? `${item.contentType}\0` : "",
      )
    );
    const references = items.flatMap(({ describes }, i) =>
      describes === false ? [] : [box("cdsc", id(i + 2), Uint8Array.of(0, 1), id(1))]
    );
    return box(
      "meta",
      full(0),
      box("hdlr", full(0), uint32(0), "pict", new Uint8Array(13)),
      box("pitm", full(Number(wideNumbers)), id(1)),
      box(
        "iloc",
        full(ilocVersion),
        Uint8Array.of(0x44, hasBase ? 0x40 : 0),
        id(places.length, wideIloc),
        ...iloc,
      ),
      box("iinf", full(0), Uint8Array.of(0, infos.length), ...infos),
      ...(references.length > 0 ? [box("iref", full(Number(wideNumbers)), ...references)] : []),
      box(
        "iprp",
        box("ipco", ...properties),
        box(
          "ipma",
          full(Number(wideNumbers), Number(wideNumbers)),
          uint32(1),
          id(1),
          properties.length,
          ...properties.map((_, i) => wideNumbers ? Uint8Array.of(0x80, i + 1) : 0x80 | (i + 1)),
        ),
      ),
      ...(idat.length > 0 ? [box("idat", ...idat)] : []),
    );
  };
  const mdatOffset = ftyp.length + metaOf(0).length + 8;
  return bytesOf(ftyp, metaOf(mdatOffset), box("mdat", ...mdat));
}
