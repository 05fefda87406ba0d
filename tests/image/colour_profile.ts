/** An ICC profile's header, a list of no tags, and filler. */
export function profileOf(space: "RGB " | "GRAY" | "CMYK" | "Lab ", byteLength = 300): Uint8Array {
  const profile = Uint8Array.from({ length: byteLength }, (_, i) => i < 132 ? 0 : i >> 3);
  new DataView(profile.buffer).setUint32(0, byteLength);
  profile.set(new TextEncoder().encode(`mntr${space}XYZ `), 12);
  profile.set(new TextEncoder().encode("acsp"), 36);
  return profile;
}
