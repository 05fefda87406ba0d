import { damaged } from "../errors.ts";
import { latin1 } from "../bytes.ts";
import { firstValidExif, readExifOrientation } from "../exif.ts";
import { uint24 } from "../riff.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import type { StoredHeader } from "./types.ts";

const RIFF_HEADER_BYTES = 12;
/** Flags of the VP8X chunk's first byte. */
const ANIMATION_FLAG = 0x02;

/**
 * Reads the size from the first chunk (`VP8X`, `VP8L` or `VP8 `) and the orientation from an `EXIF` chunk.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readWebp(bytes: Uint8Array): StoredHeader {
  const at = RIFF_HEADER_BYTES + 8;
  if (bytes.length < at + 10) throw damaged("WebP", `it ends at byte ${bytes.length}, within its header`);
  const type = String.fromCharCode(...bytes.subarray(RIFF_HEADER_BYTES, RIFF_HEADER_BYTES + 4));
  if (type === "VP8X") {
    const width = 1 + uint24(bytes, at + 4), height = 1 + uint24(bytes, at + 7);
    const orientation = webpOrientation(bytes);
    return { width, height, orientation };
  }
  const size = type === "VP8L" ? losslessSize(bytes, at) : type === "VP8 " ? lossySize(bytes, at) : undefined;
  if (!size) throw damaged("WebP", `its first chunk is ${JSON.stringify(type)}, without a picture header`);
  if (size.width === 0 || size.height === 0) {
    throw damaged("WebP", `its size is ${size.width}×${size.height}`);
  }
  return { ...size, orientation: webpOrientation(bytes) };
}

/** A lossless stream: signature 0x2F, then 14 bits of width − 1 and 14 of height − 1, lowest bit first. */
function losslessSize(bytes: Uint8Array, at: number): { width: number; height: number } | undefined {
  if (bytes[at] !== 0x2f) return undefined;
  const bits = bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** A lossy key frame: a 3-byte tag, the start code 9D 01 2A, then 14 bits of width and of height. */
function lossySize(bytes: Uint8Array, at: number): { width: number; height: number } | undefined {
  if (bytes[at + 3] !== 0x9d || bytes[at + 4] !== 0x01 || bytes[at + 5] !== 0x2a) return undefined;
  return {
    width: (bytes[at + 6] | (bytes[at + 7] << 8)) & 0x3fff,
    height: (bytes[at + 8] | (bytes[at + 9] << 8)) & 0x3fff,
  };
}

function webpOrientation(bytes: Uint8Array): Orientation {
  return readExifOrientation(webpMetadata(bytes).exif) ?? 1;
}

/** The chunks of the file; one that runs past its end is cut there. */
export function* webpChunks(
  bytes: Uint8Array,
  start = RIFF_HEADER_BYTES,
): Generator<{ type: string; data: Uint8Array }, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = start; offset + 8 <= bytes.length;) {
    const length = view.getUint32(offset + 4, true);
    yield {
      type: latin1(bytes.subarray(offset, offset + 4)),
      data: bytes.subarray(offset + 8, offset + 8 + length),
    };
    offset += 8 + length + (length & 1); // chunks are padded to even lengths
  }
}

/** Whether a file holds frames in place of a picture. */
export function isAnimatedWebp(bytes: Uint8Array): boolean {
  const [first] = webpChunks(bytes);
  return first?.type === "VP8X" && (first.data[0] & ANIMATION_FLAG) !== 0;
}

/** ICC profile, EXIF and XMP of the file. */
export function webpMetadata(bytes: Uint8Array): RawMetadata {
  const found = new Map<string, Uint8Array>(), exif: Uint8Array[] = [];
  for (const { type, data } of webpChunks(bytes)) {
    if (type === "EXIF") exif.push(data);
    else if (!found.has(type)) found.set(type, data);
  }
  return {
    icc: found.get("ICCP"),
    cicp: undefined,
    exif: firstValidExif(exif),
    xmp: found.get("XMP "),
    warnings: isAnimatedWebp(bytes) ? ["the animation was left out; its first frame was kept"] : [],
  };
}
