/** A profile's tag, found by its list. */
function tagOf(profile: Uint8Array, signature: string): DataView {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.length);
  for (let at = 132; at < 132 + 12 * view.getUint32(128); at += 12) {
    if (String.fromCharCode(...profile.subarray(at, at + 4)) !== signature) continue;
    return new DataView(profile.buffer, profile.byteOffset + view.getUint32(at + 4), view.getUint32(at + 8));
  }
  throw new Error(`no tag ${signature}`);
}

/** A profile's primaries (columns of XYZ) and its curve's parameters. */
export function valuesOf(profile: Uint8Array): { readonly xyz: number[][]; readonly curve: number[] } {
  const fixed = (view: DataView, at: number, count: number) =>
    Array.from({ length: count }, (_, i) => view.getInt32(at + 4 * i) / 65536);
  const curve = tagOf(profile, "gTRC"), count = curve.getUint16(8) === 0 ? 1 : 5;
  return {
    xyz: ["rXYZ", "gXYZ", "bXYZ"].map((signature) => fixed(tagOf(profile, signature), 8, 3)),
    curve: fixed(curve, 12, count),
  };
}
