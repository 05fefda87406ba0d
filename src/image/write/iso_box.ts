import { concat } from "../../core/concat.ts";

/** A box of an ISO base media file: its length, its type of four letters and its content. */
export function isoBox(type: string, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, content.reduce((sum, { length }) => sum + length, 8));
  for (let i = 0; i < 4; i++) head[4 + i] = type.charCodeAt(i);
  return concat([head, ...content]);
}

/** A big-endian number of some bytes. */
export function bigEndian(value: number, byteLength: number): Uint8Array {
  return Uint8Array.from(
    { length: byteLength },
    (_, i) => Math.floor(value / 2 ** (8 * (byteLength - 1 - i))),
  );
}
