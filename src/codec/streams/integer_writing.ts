import { bandLayout, encodeSections } from "../../entropy/mod.ts";

/** Codes the rows of integers of a small section, which `decodeIntegers` reads. */
export function encodeIntegers(
  values: Int32Array,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  return encodeSections(values, bandLayout({ ...size, channels: 1, levels: 0 }), { mode: "subband" })[0];
}
