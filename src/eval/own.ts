import { compress, decompress } from "../../mod.ts";
import type { EvalCodec } from "./codecs.ts";

/**
 * Our codec with one of its models.
 *
 * @param name A model's name or folder; `auto` lets the quality choose.
 * @param model What `loadModel` takes for it.
 * @returns The codec, named `vaerans` for `auto` and after the model otherwise.
 */
export function ownCodec(name: string, model: string = name): EvalCodec {
  const fixed = model === "auto" ? {} : { model };
  return {
    name: name === "auto" ? "vaerans" : name,
    model,
    encode: (picture, quality) => compress(picture, { quality, ...fixed }),
    encodeTo: (picture, bytes) => compress(picture, { bytes, ...fixed }),
    decode: (bytes) => decompress(bytes, fixed),
  };
}
