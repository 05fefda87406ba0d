import type { Coder } from "../coder.ts";
import { coderOf } from "../decoders.ts";
import { staticDecoder } from "./static_decode.ts";
import { StaticEncoder } from "./static_encode.ts";

/** One frequency table per band: the fastest coder. */
export const staticCoder: Coder = /* @__PURE__ */ coderOf(staticDecoder, {
  encode: () => new StaticEncoder(),
});
