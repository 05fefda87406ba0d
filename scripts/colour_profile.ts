/** A colour profile for files that are made for tests. */

/**
 * Makes an ICC profile of RGB: a header, a tag count of 0, and bytes that nothing points to.
 *
 * @param byteLength Its length, at least 132.
 */
export function rgbProfile(byteLength: number): Uint8Array {
  const bytes = Uint8Array.from({ length: byteLength }, (_, i) => i < 132 ? 0 : i * i);
  new DataView(bytes.buffer).setUint32(0, byteLength);
  bytes.set(new TextEncoder().encode("mntrRGB XYZ "), 12);
  bytes.set(new TextEncoder().encode("acsp"), 36);
  return bytes;
}
