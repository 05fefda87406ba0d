import { damaged } from "../errors.ts";

/** One box of an ISO base media file (AVIF, JPEG XL's container). */
export interface Box {
  /** Four ASCII letters. */
  readonly type: string;
  /** The box's content, a view into the file. */
  readonly data: Uint8Array;
}

/**
 * Walks over a sequence of boxes.
 *
 * @param bytes The file, or the content of a box that holds boxes.
 * @param label The format, for messages.
 * @returns A generator of boxes.
 * @throws ImageError `image-damaged` when a box is shorter than its own header. A box that runs past the end is
 *   cut there, so that sizes can be read from the start of a file.
 */
export function* boxes(bytes: Uint8Array, label: string): Generator<Box, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + 8 <= bytes.length;) {
    let length = view.getUint32(offset);
    let headerBytes = 8;
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (length === 1) { // a 64-bit length follows
      if (offset + 16 > bytes.length) throw damaged(label, `box ${JSON.stringify(type)} is cut short`);
      length = view.getUint32(offset + 8) * 2 ** 32 + view.getUint32(offset + 12);
      headerBytes = 16;
    } else if (length === 0) { // to the end of the file
      length = bytes.length - offset;
    }
    if (length < headerBytes) throw damaged(label, `box ${JSON.stringify(type)} states ${length} bytes`);
    yield { type, data: bytes.subarray(offset + headerBytes, offset + length) };
    offset += length;
  }
}
