import { damaged } from "../errors.ts";
import { type Box, boxes } from "./boxes.ts";

/** What decoding an AVIF file's primary item takes. */
export interface AvifWork {
  /** Pixels of all coded frames of the picture, its alpha and its tiles, hidden frames included. */
  readonly codedPixels: number;
  /** Pixels of the largest coded frame. */
  readonly largestFrame: number;
}

/** AV1's open bitstream units that matter here. */
const OBU_SEQUENCE_HEADER = 1;
const OBU_FRAME_HEADER = 3;
const OBU_FRAME = 6;

/**
 * Counts what the library would decode, from the items' data and not from the sizes that the container states: a file may
 * say 64×64 and hold frames of 16384×16384, or thousands of hidden ones.
 *
 * @param bytes The file.
 * @returns The counts; zeros where no item's data are found, as in an image sequence.
 * @throws ImageError `image-damaged` if the items share more bytes than the file holds.
 */
export function avifWork(bytes: Uint8Array): AvifWork {
  const meta = [...boxes(bytes, "AVIF")].find(({ type }) => type === "meta");
  if (!meta) return { codedPixels: 0, largestFrame: 0 };
  const parts = new Map<string, Box>();
  for (const box of boxes(meta.data.subarray(4), "AVIF")) if (!parts.has(box.type)) parts.set(box.type, box);
  const primary = parts.get("pitm")?.data;
  if (!primary) return { codedPixels: 0, largestFrame: 0 };
  const primaryItem = new Reader(primary.subarray(4)).uint(primary[0] === 0 ? 2 : 4);
  const locations = itemLocations(parts.get("iloc")?.data, bytes, parts.get("idat")?.data);
  let codedPixels = 0, largestFrame = 0, readBytes = 0;
  for (const item of neededItems(parts.get("iref")?.data, primaryItem)) {
    let framePixels = 0, frames = 0;
    for (const extent of locations.get(item) ?? []) {
      readBytes += extent.length;
      if (readBytes > 2 * bytes.length) throw damaged("AVIF", "its items hold more bytes than the file");
    }
    for (const { type, data } of units(joined(locations.get(item) ?? []))) {
      if (type === OBU_SEQUENCE_HEADER) framePixels = Math.max(framePixels, sequencePixels(data));
      else if (type === OBU_FRAME || type === OBU_FRAME_HEADER) frames++;
    }
    codedPixels += frames * framePixels;
    largestFrame = Math.max(largestFrame, framePixels);
  }
  return { codedPixels, largestFrame };
}

/** The primary item, its tiles, and the auxiliary items (alpha, depth) of these with their tiles; each once. */
function neededItems(references: Uint8Array | undefined, primaryItem: number): Set<number> {
  const needed = new Set([primaryItem]);
  if (!references) return needed;
  const links: { from: number; to: number }[] = [];
  const wide = references[0] > 0; // version
  for (const { type, data } of boxes(references.subarray(4), "AVIF")) {
    if (type !== "dimg" && type !== "auxl") continue;
    const reader = new Reader(data);
    const from = reader.uint(wide ? 4 : 2);
    for (let count = reader.uint(2); count > 0 && !reader.ended; count--) {
      const to = reader.uint(wide ? 4 : 2);
      links.push(type === "dimg" ? { from, to } : { from: to, to: from });
    }
  }
  const targets = Map.groupBy(links, ({ from }) => from);
  for (const item of needed) for (const { to } of targets.get(item) ?? []) needed.add(to); // a set grows while it is walked
  return needed;
}

/** The bytes of each item, as `iloc` places them in the file or in `idat`. */
function itemLocations(
  box: Uint8Array | undefined,
  file: Uint8Array,
  itemData: Uint8Array | undefined,
): Map<number, Uint8Array[]> {
  const found = new Map<number, Uint8Array[]>();
  if (!box) return found;
  const version = box[0], reader = new Reader(box.subarray(4));
  const sizes = reader.uint(2);
  const offsetBytes = sizes >> 12, lengthBytes = sizes >> 8 & 15, baseBytes = sizes >> 4 & 15;
  const indexBytes = version > 0 ? sizes & 15 : 0;
  for (let items = reader.uint(version < 2 ? 2 : 4); items > 0 && !reader.ended; items--) {
    const item = reader.uint(version < 2 ? 2 : 4);
    const method = version > 0 ? reader.uint(2) & 15 : 0;
    reader.uint(2); // the data reference
    const base = reader.uint(baseBytes);
    const source = method === 0 ? file : method === 1 ? itemData : undefined;
    const extents: Uint8Array[] = [];
    for (let count = reader.uint(2); count > 0 && !reader.ended; count--) {
      reader.uint(indexBytes);
      const offset = base + reader.uint(offsetBytes), length = reader.uint(lengthBytes);
      if (source) extents.push(source.subarray(offset, length === 0 ? undefined : offset + length));
    }
    if (!found.has(item)) found.set(item, extents);
  }
  return found;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The open bitstream units of an item (AV1 specification, 5.3). */
function* units(data: Uint8Array): Generator<{ type: number; data: Uint8Array }, void, void> {
  for (let offset = 0; offset < data.length;) {
    const header = data[offset];
    offset += header & 4 ? 2 : 1; // an extension follows
    let length = data.length - offset;
    if (header & 2) { // a length follows, 7 bits per byte from the lowest
      length = 0;
      for (let i = 0; i < 8; i++) {
        const byte = data[offset++] ?? 0;
        length += (byte & 0x7f) * 2 ** (7 * i);
        if (byte < 0x80) break;
      }
    }
    yield { type: header >> 3 & 15, data: data.subarray(offset, offset + length) };
    offset += length;
  }
}

/** The largest frame that a sequence header allows (AV1 specification, 5.5.1), in pixels; 0 if it is cut short. */
function sequencePixels(data: Uint8Array): number {
  const bits = new Reader(data);
  bits.bits(3); // profile
  bits.bits(1); // still picture
  if (bits.bits(1)) bits.bits(5); // the reduced header of a still picture: a level
  else {
    let decoderModel = false, delayBits = 0;
    if (bits.bits(1)) { // timing
      bits.bits(32);
      bits.bits(32);
      if (bits.bits(1)) bits.exponent();
      decoderModel = bits.bits(1) === 1;
      if (decoderModel) {
        delayBits = bits.bits(5) + 1;
        bits.bits(32);
        bits.bits(10);
      }
    }
    const delays = bits.bits(1) === 1;
    for (let points = bits.bits(5) + 1; points > 0; points--) {
      bits.bits(12);
      if (bits.bits(5) > 7) bits.bits(1); // a level above 3.3 states its tier
      if (decoderModel && bits.bits(1)) {
        bits.bits(delayBits);
        bits.bits(delayBits);
        bits.bits(1);
      }
      if (delays && bits.bits(1)) bits.bits(4);
    }
  }
  const widthBits = bits.bits(4) + 1, heightBits = bits.bits(4) + 1;
  const width = bits.bits(widthBits) + 1, height = bits.bits(heightBits) + 1;
  return bits.ended ? 0 : width * height;
}

/** Reads big-endian numbers of whole bytes or of bits; zeros after the end. */
class Reader {
  readonly #data: Uint8Array;
  #position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** Whether more was read than there is. */
  get ended(): boolean {
    return this.#position > this.#data.length * 8;
  }

  uint(byteLength: number): number {
    return this.bits(8 * byteLength);
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      value = value * 2 + ((this.#data[this.#position >> 3] ?? 0) >> (7 - (this.#position & 7)) & 1);
    }
    return value;
  }

  /** A number in AV1's `uvlc` code, passed over. */
  exponent(): void {
    let zeros = 0;
    while (zeros < 32 && !this.ended && this.bits(1) === 0) zeros++;
    if (zeros < 32) this.bits(zeros);
  }
}
