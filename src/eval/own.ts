import { compress, type CompressOptions, decompress } from "../../mod.ts";
import type { EvalCodec } from "./codecs.ts";

/** What may be asked of our encoder beside a model; what is left out is as by default. */
export type OwnChoice = Pick<CompressOptions, "effort" | "tune">;

/**
 * Our codec with one of its models.
 *
 * @param name A model's name or folder; `auto` lets the quality choose.
 * @param model What `loadModel` takes for it.
 * @param choice Beside it.
 * @returns The codec, named `vaerans` for `auto` and after the model otherwise, and after what was chosen.
 */
export function ownCodec(name: string, model: string = name, choice: OwnChoice = {}): EvalCodec {
  const fixed = model === "auto" ? {} : { model };
  const chosen = { ...fixed, ...choice }, { effort, tune } = choice;
  const parts = [name === "auto" ? "vaerans" : name, effort && `effort ${effort}`, tune && `tune ${tune}`];
  return {
    name: parts.filter(Boolean).join(" "),
    model,
    encode: (picture, quality) => compress(picture, { quality, ...chosen }),
    encodeTo: (picture, bytes) => compress(picture, { bytes, ...chosen }),
    decode: (bytes) => decompress(bytes, fixed),
  };
}
