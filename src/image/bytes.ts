/** Whether bytes begin with these characters, one byte each. */
export function startsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && latin1(bytes.subarray(0, text.length)) === text;
}

/** Whether bytes begin with these. */
export function startsWithBytes(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((value, i) => bytes[i] === value);
}

/** Four bytes as characters; fewer at the end of the file, so that they equal no name of four letters. */
export function asciiAt(bytes: Uint8Array, offset: number): string {
  return latin1(bytes.subarray(offset, offset + 4));
}

/** Bytes as characters, one each. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
/** The bytes of a text of ASCII. It needs no `TextEncoder`, which jsdom, for example, lacks. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
