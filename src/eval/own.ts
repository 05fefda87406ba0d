import { compress, decompress } from "../../mod.ts";
import type { EvalCodec } from "./codecs.ts";

/**
 * Our codec with one of its models.
 *
 * @param name A model's name or folder; `auto` lets the quality choose.
 * @param model What `loadModel` takes for it.
 * @param effort 1 to 9; the default where there is none.
 * @returns The codec, named `vaerans` for `auto` and after the model otherwise, and after the effort where there is one.
 */
export function ownCodec(name: string, model: string = name, effort?: number): EvalCodec {
  const fixed = model === "auto" ? {} : { model };
  const chosen = effort === undefined ? fixed : { ...fixed, effort };
  return {
    name: `${name === "auto" ? "vaerans" : name}${effort === undefined ? "" : ` effort ${effort}`}`,
    model,
    encode: (picture, quality) => compress(picture, { quality, ...chosen }),
    encodeTo: (picture, bytes) => compress(picture, { bytes, ...chosen }),
    decode: (bytes) => decompress(bytes, fixed),
  };
}
