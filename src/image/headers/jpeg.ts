import { concat } from "../../core/concat.ts";
import { startsWith } from "../bytes.ts";
import { damaged, ImageError, unsupported } from "../errors.ts";
import { firstValidExif, readExifOrientation } from "../exif.ts";
import { profileWarning } from "../icc_profile.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { StoredHeader } from "./types.ts";

const APP1 = 0xe1;
const APP2 = 0xe2;
const EXIF_NAME = "Exif\0";
const XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";
const ICC_NAME = "ICC_PROFILE\0";
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Start-of-frame markers of processes that the library does not decode, by name (ITU-T T.81, table B.1; T.87). */
const UNSUPPORTED_FRAMES: ReadonlyMap<number, string> = new Map([
  [0xc3, "lossless coding (SOF3)"],
  [0xc5, "hierarchical coding (SOF5)"],
  [0xc6, "hierarchical coding (SOF6)"],
  [0xc7, "hierarchical lossless coding (SOF7)"],
  [0xc9, "arithmetic coding (SOF9)"],
  [0xca, "arithmetic coding (SOF10)"],
  [0xcb, "arithmetic lossless coding (SOF11)"],
  [0xcd, "hierarchical arithmetic coding (SOF13)"],
  [0xce, "hierarchical arithmetic coding (SOF14)"],
  [0xcf, "hierarchical arithmetic lossless coding (SOF15)"],
  [0xde, "hierarchical coding (DHP)"],
  [0xf7, "JPEG-LS coding (SOF55)"],
]);
/** Baseline, extended sequential and progressive frames, Huffman-coded. */
const SUPPORTED_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];
const PROGRESSIVE = 0xc2;

/** A marker segment. */
interface Segment {
  readonly marker: number;
  /** What follows the length. */
  readonly data: Uint8Array;
  /** Offset of the byte after it. */
  readonly end: number;
}

/** The marker segments up to and with the next start of scan. Throws ImageError `image-damaged`. */
function* segmentsOf(bytes: Uint8Array, start = 2): Generator<Segment, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = start;;) {
    // Any number of 0xFF may stand before a marker; as libjpeg does, stray bytes there are passed over.
    while (offset + 1 < bytes.length && (bytes[offset] !== 0xff || bytes[offset + 1] === 0xff)) offset++;
    if (offset + 4 > bytes.length) {
      throw damaged("JPEG", `it ends at byte ${bytes.length}, within its header`);
    }
    const marker = bytes[offset + 1];
    if (standsAlone(marker)) {
      offset += 2;
      continue;
    }
    if (marker === END_OF_IMAGE) return;
    const length = view.getUint16(offset + 2); // counts itself, not the marker
    const end = offset + 2 + length;
    if (length < 2 || end > bytes.length) {
      throw damaged("JPEG", `the segment at byte ${offset} runs past the end of the file`);
    }
    yield { marker, data: bytes.subarray(offset + 4, end), end };
    if (marker === START_OF_SCAN) return;
    offset = end;
  }
}

/**
 * Reads size and orientation from the marker segments before the first scan.
 *
 * @param bytes The file, or a beginning of it that reaches over the frame header.
 * @returns The header.
 * @throws ImageError `image-damaged`, `image-unsupported`.
 */
export function readJpeg(bytes: Uint8Array): StoredHeader {
  let frame: Omit<StoredHeader, "orientation"> | undefined;
  const exif: Uint8Array[] = [];
  try {
    for (const { marker, data } of segmentsOf(bytes)) {
      if (marker === APP1 && startsWith(data, EXIF_NAME)) exif.push(exifOf(data));
      else if (!frame && (SUPPORTED_FRAMES.includes(marker) || UNSUPPORTED_FRAMES.has(marker))) {
        frame = frameHeader(marker, data);
      }
    }
  } catch (error) {
    // The beginning of a file tells its size; decoding it is what reports the damage.
    if (!(frame && error instanceof ImageError)) throw error;
  }
  if (!frame) throw damaged("JPEG", "it has no frame header before its first scan");
  return { ...frame, orientation: readExifOrientation(firstValidExif(exif)) ?? 1 };
}

function frameHeader(marker: number, data: Uint8Array): Omit<StoredHeader, "orientation"> {
  if (data.length < 6) throw damaged("JPEG", `its frame header is ${data.length + 2} bytes long`);
  const precision = data[0], componentCount = data[5];
  const height = data[1] << 8 | data[2], width = data[3] << 8 | data[4];
  if (width > 0 && height === 0) {
    throw unsupported("JPEG", "its height after its picture data (DNL)", "Write it again with an encoder");
  }
  if (width === 0 || height === 0) throw damaged("JPEG", `its size is ${width}×${height}`);
  const feature = UNSUPPORTED_FRAMES.get(marker) ??
    (precision !== 8
      ? `${precision} bits a sample`
      : componentCount === 4
      ? "CMYK colour"
      : componentCount !== 1 && componentCount !== 3
      ? `${componentCount} components`
      : undefined);
  if (feature === undefined) return { width, height };
  return {
    width,
    height,
    unsupportedFeature: feature,
    remedy: "Convert it to a baseline or progressive RGB JPEG of 8 bits, or to a PNG, first",
  };
}

/** ICC profile, EXIF and XMP of the segments before the first scan. */
export function jpegMetadata(bytes: Uint8Array): RawMetadata {
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | undefined;
  const profile = new ProfileParts();
  for (const { marker, data } of segmentsOf(bytes)) {
    if (marker === APP1 && startsWith(data, EXIF_NAME)) exif.push(exifOf(data));
    else if (marker === APP1 && startsWith(data, XMP_NAME)) xmp ??= data.subarray(XMP_NAME.length);
    else if (marker === APP2 && startsWith(data, ICC_NAME)) profile.add(data.subarray(ICC_NAME.length));
  }
  const { icc, warnings } = profile.join();
  return { icc, cicp: undefined, exif: firstValidExif(exif), xmp, warnings };
}

/** What follows "Exif" and two bytes, the second of which some writers do not set to 0. */
function exifOf(data: Uint8Array): Uint8Array {
  return data.subarray(EXIF_NAME.length + 1);
}

/** A profile longer than a segment is cut up: number from 1, count, part. */
class ProfileParts {
  readonly #parts = new Map<number, Uint8Array>();
  #count = 0;

  add(data: Uint8Array): void {
    const [number, count] = data;
    if (data.length < 2 || this.#parts.has(number)) return;
    this.#parts.set(number, data.subarray(2));
    this.#count = Math.max(this.#count, count);
  }

  join(): { readonly icc: Uint8Array | undefined; readonly warnings: readonly string[] } {
    const numbers = Array.from({ length: this.#count }, (_, i) => i + 1);
    const missing = numbers.filter((number) => !this.#parts.has(number));
    if (this.#parts.size === 0) return { icc: undefined, warnings: [] };
    if (missing.length > 0 || this.#count === 0) {
      const what = this.#count === 0
        ? "its parts are not numbered"
        : `part ${missing[0]} of ${this.#count} is missing`;
      return { icc: undefined, warnings: [profileWarning(`is incomplete (${what})`)] };
    }
    return { icc: concat(numbers.map((number) => this.#parts.get(number)!)), warnings: [] };
  }
}

/**
 * The file with an end-of-image marker where the last scan that its picture needs ends, if another byte stands there.
 *
 * Cameras that add data of their own behind the picture, and programs that cut a stream at the last coded byte, leave the
 * marker out; a library takes that for lost data. Coded data are not checked here: the library tells if they end too early.
 *
 * @param bytes The whole file.
 * @returns The file itself if the marker is there, or if scans are missing.
 */
export function withEndOfImage(bytes: Uint8Array): Uint8Array {
  let frame: Segment | undefined;
  const done = new CodedCoefficients();
  try {
    for (let offset = 2;;) {
      let scan: Segment | undefined;
      for (const segment of segmentsOf(bytes, offset)) {
        if (SUPPORTED_FRAMES.includes(segment.marker)) frame ??= segment;
        if (segment.marker === START_OF_SCAN) scan = segment;
      }
      if (!scan || !frame) return bytes;
      done.add(scan.data);
      offset = endOfCodedData(bytes, scan.end);
      if (done.coverAll(frame.data, frame.marker === PROGRESSIVE)) {
        if (bytes[offset + 1] === END_OF_IMAGE) return bytes;
        return concat([bytes.subarray(0, offset), Uint8Array.of(0xff, END_OF_IMAGE)]);
      }
    }
  } catch (error) {
    if (error instanceof ImageError) return bytes;
    throw error;
  }
}

/** Offset of the first marker after coded data: no stuffed 0xFF and no restart marker. */
function endOfCodedData(bytes: Uint8Array, start: number): number {
  for (
    let at = bytes.indexOf(0xff, start);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const next = bytes[at + 1];
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** Which coefficients of which components the scans hold, to the last bit. */
class CodedCoefficients {
  /** By component: 1 for each coefficient that is complete. */
  readonly #complete = new Map<number, Uint8Array>();

  /** Adds a scan, by its header. */
  add(header: Uint8Array): void {
    const count = header[0], [first, last, approximation] = header.subarray(1 + 2 * count);
    for (let i = 0; i < count; i++) {
      const component = header[1 + 2 * i];
      const complete = this.#complete.get(component) ?? new Uint8Array(64);
      this.#complete.set(component, complete);
      if ((approximation & 15) === 0) complete.fill(1, first, last + 1);
    }
  }

  /** Whether the frame's components are complete; of a frame that is not progressive, whether each has a scan. */
  coverAll(frameHeader: Uint8Array, isProgressive: boolean): boolean {
    const count = frameHeader[5];
    for (let i = 0; i < count; i++) {
      const complete = this.#complete.get(frameHeader[6 + 3 * i]);
      if (!complete || isProgressive && complete.includes(0)) return false;
    }
    return true;
  }
}

/** TEM, RST0–7, SOI and a stuffed 0xFF 0x00 carry no length. */
export function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
