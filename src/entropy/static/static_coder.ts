import type { Coder } from "../coder.ts";
import { StaticDecoder } from "./static_decode.ts";
import { StaticEncoder } from "./static_encode.ts";

/** One frequency table per band: the fastest coder. */
export const staticCoder: Coder = {
  id: 0,
  name: "static",
  encode: () => new StaticEncoder(),
  decode: () => new StaticDecoder(),
};
