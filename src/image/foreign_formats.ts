/** A format that is recognised so that the error can name it. */
interface ForeignFormat {
  /** The name with its article, for messages. */
  readonly name: string;
  /** Whether a file starts like one of this format. */
  readonly matches: (bytes: Uint8Array) => boolean;
  /** What to do instead of converting it. */
  readonly remedy?: string;
}

/** Brands of ISO base media files (`ftyp`), by what the file is. A file of HEIF's general brands alone holds no AVIF. */
const HEIC_BRANDS = /^(hei[cmsx]|hev[cmsx]|mif1|msf1|avci|jpeg)$/;
const MP4_BRANDS = /^(iso[m2-9]|mp4[12]|avc1|M4[AV] |dash|qt {2}|3g[gp2].|MSNV|f4v )$/;
/** Lengths of a BMP file's second header. */
const BMP_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124];
/** How far an XML prologue may reach before the `svg` element. */
const SVG_PROLOGUE_BYTES = 4096;

/** How the parts of an XML prologue begin and end; an internal subset leaves its last two characters to be passed over. */
const PROLOGUE_ENDS: readonly (readonly [start: string, end: string])[] = [
  ["<?", "?>"],
  ["<!--", "-->"],
  ["<!", ">"],
  ["]", ">"],
];

const FORMATS: readonly ForeignFormat[] = [
  { name: "a GIF picture", matches: starting("GIF87a", "GIF89a") },
  {
    name: "a BMP picture",
    matches: (bytes) =>
      starting("BM")(bytes) && bytes.length >= 18 && BMP_HEADER_BYTES.includes(bytes[14]) && bytes[15] === 0,
  },
  { name: "a TIFF picture", matches: starting("II*\0", "MM\0*", "II+\0", "MM\0+") },
  { name: "a JPEG 2000 picture", matches: starting("\0\0\0\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51") },
  { name: "a HEIC picture", matches: (bytes) => brandsOf(bytes).some((brand) => HEIC_BRANDS.test(brand)) },
  { name: "an MP4 video", matches: (bytes) => brandsOf(bytes).some((brand) => MP4_BRANDS.test(brand)) },
  { name: "an SVG picture", matches: isSvg },
  { name: "a PDF document", matches: starting("%PDF-") },
  { name: "a PSD picture", matches: starting("8BPS\0\x01", "8BPS\0\x02") },
  { name: "an ICO icon", matches: (bytes) => starting("\0\0\x01\0", "\0\0\x02\0")(bytes) && bytes[4] > 0 },
  { name: "a QOI picture", matches: starting("qoif") },
  { name: "an EXR picture", matches: starting("\x76\x2f\x31\x01") },
  { name: "a Netpbm picture", matches: (bytes) => /^P[1-7][\s#]/.test(text(bytes, 0, 3)) },
  { name: "a Radiance HDR picture", matches: starting("#?RADIANCE", "#?RGBE") },
  { name: "a JPEG XR picture", matches: starting("II\xbc\x01") },
  { name: "a DDS picture", matches: starting("DDS ") },
  { name: "an XCF picture", matches: starting("gimp xcf") },
  { name: "a PostScript document", matches: starting("%!PS") },
  { name: "a Matroska or WebM video", matches: starting("\x1a\x45\xdf\xa3") },
  { name: "a .vaer file", matches: starting("V\xc6R"), remedy: "Decompress it" },
];

/**
 * Recognises, by content, common formats that {@linkcode sniffFormat} does not.
 *
 * @param bytes The file, or at least its first 4 KiB.
 * @returns The format's name with its article, such as "a GIF picture", and what to do unless it is to be converted; `undefined` if it is unknown.
 */
export function foreignFormat(bytes: Uint8Array): { name: string; remedy: string | undefined } | undefined {
  const format = FORMATS.find(({ matches }) => matches(bytes));
  return format && { name: format.name, remedy: format.remedy };
}

function starting(...prefixes: readonly string[]): (bytes: Uint8Array) => boolean {
  return (bytes) => prefixes.some((prefix) => text(bytes, 0, prefix.length) === prefix);
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** Major and compatible brands of an ISO base media file; none where it is something else. */
function brandsOf(bytes: Uint8Array): string[] {
  if (text(bytes, 4, 8) !== "ftyp") return [];
  const boxLength = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
  const brands = [text(bytes, 8, 12)];
  for (let offset = 16; offset + 4 <= Math.min(boxLength, bytes.length, 256); offset += 4) {
    brands.push(text(bytes, offset, offset + 4));
  }
  return brands;
}

/** An `svg` element at the start, after white space, comments, an XML declaration and a document type; UTF-8 or UTF-16. */
function isSvg(bytes: Uint8Array): boolean {
  const mark = bytes[0] << 8 | bytes[1];
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  let rest = new TextDecoder(encoding).decode(bytes.subarray(0, SVG_PROLOGUE_BYTES)).trimStart();
  for (;;) {
    if (/^<(?:\w+:)?svg[\s>]/i.test(rest)) return true;
    const end = PROLOGUE_ENDS.find(([start]) => rest.startsWith(start))?.[1];
    if (end === undefined) return false;
    const at = rest.indexOf(end);
    if (at < 0) return false;
    rest = rest.slice(at + end.length).trimStart();
  }
}
