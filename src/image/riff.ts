import { concat } from "../core/concat.ts";

/** A chunk of a RIFF file: its type, its length and its data, padded to an even length. */
export function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + data.length + (data.length & 1));
  for (let i = 0; i < 4; i++) chunk[i] = type.charCodeAt(i);
  new DataView(chunk.buffer).setUint32(4, data.length, true);
  chunk.set(data, 8);
  return chunk;
}

/** A RIFF file of a form, such as "WEBP". */
export function riffFile(form: string, chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const name = Uint8Array.from(form, (character) => character.charCodeAt(0));
  return riffChunk("RIFF", concat([name, ...chunks])) as Uint8Array<ArrayBuffer>;
}

/** A little-endian number of three bytes. */
export function uint24(bytes: Uint8Array, offset: number): number {
  return bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16);
}
