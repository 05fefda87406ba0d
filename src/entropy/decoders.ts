/** The decoding part of all entropy coders, so that a program that only decodes carries no encoder. */

import type { Coder, Decoder, Encoder, EntropyMode } from "./coder.ts";
import { EntropyError } from "./errors.ts";
import { contextDecoder, trellisDecoder } from "./latent/context_sections.ts";
import { staticDecoder } from "./static/static_decode.ts";
import { subbandDecoder, subbandTrellisDecoder } from "./subband/sections.ts";

/** In the order of their numbers. */
export const DECODERS: readonly Decoder[] = [
  staticDecoder,
  contextDecoder,
  subbandDecoder,
  trellisDecoder,
  subbandTrellisDecoder,
];

/**
 * Finds a decoder by name.
 *
 * @param name Its name.
 * @returns The decoder.
 * @throws {EntropyError} `entropy-bad-mode` for an unknown name.
 */
export function decoderNamed(name: EntropyMode): Decoder {
  const decoder = DECODERS.find((decoder) => decoder.name === name);
  if (decoder) return decoder;
  throw new EntropyError(
    "entropy-bad-mode",
    `Cannot use entropy mode ${name}: it must be one of ${
      DECODERS.map(({ name }) => name).join(", ")
    } (got ${name}). Use "context".`,
  );
}

/**
 * Finds a decoder by the low four bits of a section's kind.
 *
 * @param id The number.
 * @returns The decoder; `undefined` for a number that this release does not know.
 */
export function decoderOfId(id: number): Decoder | undefined {
  return DECODERS.find((decoder) => decoder.id === id);
}

/** A coder of its two parts. */
export function coderOf(decoder: Decoder, encoder: Encoder): Coder {
  return { ...decoder, ...encoder };
}
