import { damaged } from "../errors.ts";
import { av1FramePixels, av1Units } from "./av1_sequence.ts";
import { itemData, itemParts, itemReferences, readPrimaryItem } from "./isobmff_items.ts";

/** What decoding an AVIF file's primary item takes. */
export interface AvifWork {
  /** Pixels of all coded frames of the picture, its tiles and its alpha, hidden frames included. */
  readonly codedPixels: number;
  /** Pixels of the largest coded frame. */
  readonly largestFrame: number;
}

/** Types of open bitstream units. */
const SEQUENCE_HEADER = 1, FRAME_HEADER = 3, FRAME = 6;

/**
 * Counts what the library would decode, from the items' data and not from the sizes that the container states: a file may
 * say 64×64 and hold frames of 16384×16384, or thousands of hidden ones.
 *
 * @param bytes The file.
 * @returns The counts.
 * @throws ImageError `image-damaged` if the container is broken, or its items share their bytes.
 */
export function avifWork(bytes: Uint8Array): AvifWork {
  const { id, meta } = readPrimaryItem(bytes), parts = itemParts(bytes, meta);
  let codedPixels = 0, largestFrame = 0, readBytes = 0;
  for (const item of neededItems(meta, id)) {
    readBytes += (parts.get(item) ?? []).reduce((sum, part) => sum + part.length, 0);
    if (readBytes > bytes.length) throw damaged("AVIF", "its items hold more bytes than the file");
    let framePixels = 0, frames = 0;
    for (const { type, data } of av1Units(itemData(parts, item) ?? new Uint8Array(0))) {
      if (type === SEQUENCE_HEADER) framePixels = Math.max(framePixels, av1FramePixels(data));
      else if (type === FRAME || type === FRAME_HEADER) frames++;
    }
    codedPixels += frames * framePixels;
    largestFrame = Math.max(largestFrame, framePixels);
  }
  return { codedPixels, largestFrame };
}

/** The primary item, its tiles, and the auxiliary items (alpha, depth) of these with their tiles; each once. */
function neededItems(meta: Uint8Array, primaryItem: number): Set<number> {
  const targets = new Map<number, number[]>();
  const link = (from: number, to: number) => {
    const list = targets.get(from);
    if (list) list.push(to);
    else targets.set(from, [to]);
  };
  for (const { type, from, to } of itemReferences(meta) ?? []) {
    for (const item of to) {
      if (type === "dimg") link(from, item);
      else if (type === "auxl") link(item, from);
    }
  }
  const needed = new Set([primaryItem]);
  for (const item of needed) for (const target of targets.get(item) ?? []) needed.add(target); // walked while it grows
  return needed;
}
