/** EXIF blocks made field by field, in both byte orders and with parts in any order. */

/** A field: SHORT or LONG numbers, text, bytes, RATIONAL pairs, or the offset of another part. */
export type Field =
  | { readonly tag: number; readonly short: number }
  | { readonly tag: number; readonly long: number }
  | { readonly tag: number; readonly text: string }
  | { readonly tag: number; readonly bytes: Uint8Array; readonly type?: number }
  | { readonly tag: number; readonly rationals: readonly (readonly [number, number])[] }
  | { readonly tag: number; readonly to: string };

/** A part: a directory, or data that a field points to. */
export type Part = { readonly fields: readonly Field[]; readonly next?: string } | {
  readonly data: Uint8Array;
};

/** Degrees, minutes and seconds that no other part of a block holds. */
export const LATITUDE = [[52, 1], [31, 1], [123457, 10000]] as const;
/** Likewise. */
export const LONGITUDE = [[13, 1], [22, 1], [765431, 10000]] as const;

/** Lays parts out in the order given; the one named "main" is the first directory wherever it lies. */
export function tiffBlock(parts: { readonly [name: string]: Part }, littleEndian: boolean): Uint8Array {
  const offsets = new Map<string, number>();
  let end = 8;
  for (const [name, part] of Object.entries(parts)) {
    end += end & 1;
    offsets.set(name, end);
    if ("data" in part) end += part.data.length;
    else {
      end += 6 + 12 * part.fields.length;
      for (const field of part.fields) {
        const { length } = valuesOf(field, offsets, littleEndian);
        if (length > 4) end += length + (length & 1);
      }
    }
  }
  const out = new Uint8Array(end), view = new DataView(out.buffer);
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, offsets.get("main")!, littleEndian);
  for (const [name, part] of Object.entries(parts)) {
    const at = offsets.get(name)!;
    if ("data" in part) {
      out.set(part.data, at);
      continue;
    }
    view.setUint16(at, part.fields.length, littleEndian);
    let free = at + 6 + 12 * part.fields.length;
    for (const [i, field] of part.fields.entries()) {
      const entry = at + 2 + 12 * i, values = valuesOf(field, offsets, littleEndian);
      const [type, size] = typeOf(field);
      view.setUint16(entry, field.tag, littleEndian);
      view.setUint16(entry + 2, type, littleEndian);
      view.setUint32(entry + 4, values.length / size, littleEndian);
      if (values.length <= 4) out.set(values, entry + 8);
      else {
        view.setUint32(entry + 8, free, littleEndian);
        out.set(values, free);
        free += values.length + (values.length & 1);
      }
    }
    const next = part.next === undefined ? 0 : offsets.get(part.next)!;
    view.setUint32(at + 2 + 12 * part.fields.length, next, littleEndian);
  }
  return out;
}

function typeOf(field: Field): readonly [type: number, size: number] {
  if ("short" in field) return [3, 2];
  if ("text" in field) return [2, 1];
  if ("bytes" in field) return [field.type ?? 7, 1];
  return "rationals" in field ? [5, 8] : [4, 4];
}

function valuesOf(field: Field, offsets: ReadonlyMap<string, number>, littleEndian: boolean): Uint8Array {
  if ("text" in field) return new TextEncoder().encode(`${field.text}\0`);
  if ("bytes" in field) return field.bytes;
  const numbers = "rationals" in field
    ? field.rationals.flat()
    : ["short" in field ? field.short : "long" in field ? field.long : offsets.get(field.to) ?? 0];
  const size = "short" in field ? 2 : 4, out = new Uint8Array(size * numbers.length);
  const view = new DataView(out.buffer);
  numbers.forEach((number, i) =>
    size === 2 ? view.setUint16(0, number, littleEndian) : view.setUint32(4 * i, number, littleEndian)
  );
  return out;
}

/** What a block says, followed from its header: each directory's fields by tag, as numbers or bytes. */
export function readTiff(block: Uint8Array): { [directory: string]: { [tag: number]: string } } {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const littleEndian = view.getUint16(0) === 0x4949;
  const u16 = (at: number) => view.getUint16(at, littleEndian),
    u32 = (at: number) => view.getUint32(at, littleEndian);
  const found: { [directory: string]: { [tag: number]: string } } = {};
  const visit = (name: string, at: number) => {
    const fields: { [tag: number]: string } = found[name] = {};
    for (let i = 0; i < u16(at); i++) {
      const entry = at + 2 + 12 * i, tag = u16(entry), type = u16(entry + 2);
      const length = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8][type] * u32(entry + 4);
      const from = length <= 4 ? entry + 8 : u32(entry + 8);
      if (from + length > block.length) throw new RangeError(`tag ${tag} lies outside the block`);
      const pointed = { 0x8769: "exif", 0x8825: "gps", 0xa005: "interoperability" }[tag];
      if (pointed) visit(pointed, u32(entry + 8));
      fields[tag] = pointed ?? [...block.subarray(from, from + length)].join(" ");
    }
    const next = name === "main" || name.startsWith("next") ? u32(at + 2 + 12 * u16(at)) : 0;
    if (next) visit(`next ${name}`, next);
  };
  visit("main", u32(4));
  return found;
}

/** Whether a block holds the bytes of a number of 32 bits, in its own byte order. */
export function holds(block: Uint8Array, number: number): boolean {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const littleEndian = view.getUint16(0) === 0x4949;
  return Array.from({ length: Math.max(0, block.length - 3) }, (_, at) => view.getUint32(at, littleEndian))
    .includes(number);
}
