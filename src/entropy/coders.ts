/** All entropy coders. A new coder is one file that describes it, and one line here. */

import type { Coder, EntropyMode } from "./coder.ts";
import { decoderNamed } from "./decoders.ts";
import { contextCoder } from "./latent/context_coder.ts";
import { trellisCoder } from "./latent/trellis_coder.ts";
import { staticCoder } from "./static/static_coder.ts";
import { subbandCoder, subbandTrellisCoder } from "./subband/subband_coder.ts";

/** In the order of their numbers. */
export const CODERS: readonly Coder[] = [
  staticCoder,
  contextCoder,
  subbandCoder,
  trellisCoder,
  subbandTrellisCoder,
];

/**
 * Finds a coder by name.
 *
 * @param name Its name.
 * @returns The coder.
 * @throws {EntropyError} `entropy-bad-mode` for an unknown name.
 */
export function coderNamed(name: EntropyMode): Coder {
  const { id } = decoderNamed(name);
  return CODERS.find((coder) => coder.id === id)!;
}

/**
 * Finds a coder by the low four bits of a section's kind.
 *
 * @param id The number.
 * @returns The coder; `undefined` for a number that this release does not know.
 */
export function coderOfId(id: number): Coder | undefined {
  return CODERS.find((coder) => coder.id === id);
}
