import { concat } from "../core/concat.ts";
import { latin1 } from "./bytes.ts";
import { closingTag, readXmlTags, type TextRange } from "./xml_scan.ts";

const TIFF_NAMESPACE = "http://ns.adobe.com/tiff/1.0/";
/** Place names in the schemas of Photoshop and of the IPTC. */
const PLACE_PROPERTIES: ReadonlySet<string> = new Set([
  "City",
  "State",
  "ProvinceState",
  "Country",
  "CountryCode",
  "CountryName",
  "WorldRegion",
  "Location",
  "Sublocation",
  "LocationCreated",
  "LocationShown",
  "LocationId",
  "LocationName",
]);
/** Coordinates: EXIF's `GPS…`, a drone maker's `GpsLatitude` and `RelativeAltitude`, `lat` and `long` of `geo`. */
const COORDINATES = /^gps|^(?:absolute|relative)?(?:latitude|longitude|altitude)$/i;
const GEO = /^geo:(?:lat|long|alt|lat_long|Point|location)$/;

/**
 * An XMP packet whose orientation (`tiff:Orientation`, as attribute or element) is 1, for pixels that were turned.
 *
 * @param packet UTF-8.
 * @returns A changed copy, or the packet itself if it states no orientation or cannot be read.
 */
export function uprightXmp(packet: Uint8Array): Uint8Array {
  const text = latin1(packet), tags = readXmlTags(text) ?? [];
  const attributes = tags.flatMap((tag) => tag.attributes);
  const textOf = ({ start, end }: TextRange) => text.slice(start, end);
  const bound = attributes.filter(({ value }) => textOf(value) === TIFF_NAMESPACE).map(({ name }) => name);
  // The prefix "tiff" is so common that a packet which forgets to declare it means this, too.
  const names = new Set(["tiff:Orientation"]);
  for (const name of bound) {
    if (name === "xmlns") names.add("Orientation");
    else if (name.startsWith("xmlns:")) names.add(`${name.slice("xmlns:".length)}:Orientation`);
  }
  const values: TextRange[] = attributes.filter(({ name }) => names.has(name)).map(({ value }) => value);
  for (const [i, { kind, name, end }] of tags.entries()) {
    const next = tags[i + 1];
    if (kind === "open" && names.has(name) && next?.kind === "close" && next.name === name) {
      values.push({ start: end, end: next.start });
    }
  }
  return values.length === 0 ? packet : replaced(packet, values, "1");
}

/**
 * An XMP packet without the properties that tell where the picture was taken: coordinates and names of places.
 *
 * @param packet UTF-8.
 * @returns A changed copy, or the packet itself if there are none; `undefined` if the packet cannot be read.
 */
export function xmpWithoutLocation(packet: Uint8Array): Uint8Array | undefined {
  const text = latin1(packet), tags = readXmlTags(text);
  if (!tags) return undefined; // also of UTF-16, whose letters stand between zeros
  const ranges: TextRange[] = [];
  let covered = 0;
  for (const [i, tag] of tags.entries()) {
    if (tag.start < covered) continue;
    if (tag.kind !== "close" && isLocation(tag.name)) {
      covered = tags[closingTag(tags, i)].end;
      ranges.push({ start: tag.start, end: covered });
    } else ranges.push(...tag.attributes.filter(({ name }) => isLocation(name)));
  }
  return ranges.length === 0 ? packet : replaced(packet, ranges, "");
}

function isLocation(name: string): boolean {
  const local = name.slice(name.indexOf(":") + 1);
  return PLACE_PROPERTIES.has(local) || COORDINATES.test(local) || GEO.test(name);
}

/** The bytes with other text in some ranges; characters are bytes here, one each. */
function replaced(bytes: Uint8Array, ranges: readonly TextRange[], text: string): Uint8Array {
  const insert = new TextEncoder().encode(text), parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(from, start), insert);
    from = end;
  }
  return concat([...parts, bytes.subarray(from)]);
}
