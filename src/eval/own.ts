import { compress, decompress } from "../../mod.ts";
import type { EvalCodec } from "./codecs.ts";

/**
 * Our codec with one of its models.
 *
 * @param model A model's name or folder; `auto` lets the quality choose.
 * @returns The codec, named `vaerans` for `auto` and after the model otherwise.
 */
export function ownCodec(model: string): EvalCodec {
  const fixed = model === "auto" ? {} : { model };
  return {
    name: model === "auto" ? "vaerans" : model,
    model,
    encode: (picture, quality) => compress(picture, { quality, ...fixed }),
    encodeTo: (picture, bytes) => compress(picture, { bytes, ...fixed }),
    decode: (bytes) => decompress(bytes, fixed),
  };
}
