/** All wavelets. A new one is one file that describes it, and one line here. */

import { InvalidValueError } from "../core/mod.ts";
import { cdf53 } from "./cdf53.ts";
import { cdf97 } from "./cdf97.ts";
import { haar } from "./haar.ts";
import { isReversible, type Wavelet } from "./wavelet.ts";

export { synthesisNorm } from "./synthesis_norm.ts";
export { haloCoefficients, isReversible, type LiftingStep, type Wavelet } from "./wavelet.ts";

/** Name of a wavelet. */
export type WaveletName = "cdf53" | "haar" | "cdf97";
/** Name of a wavelet that a model's latent may use. */
export type LatentWavelet = Exclude<WaveletName, "cdf97">;

/** In the order of their numbers. */
export const WAVELETS: readonly (Wavelet & { readonly name: WaveletName })[] = [cdf53, haar, cdf97];

/** Names of the wavelets that a model's latent may use. */
export const LATENT_WAVELETS: readonly LatentWavelet[] = WAVELETS
  .filter(({ isForLatents }) => isForLatents)
  .map(({ name }) => name as LatentWavelet);

/** Finds a wavelet by name. Errors: `InvalidValueError` ("wavelet-unknown"). */
export function waveletNamed(name: string): Wavelet {
  const wavelet = WAVELETS.find((wavelet) => wavelet.name === name);
  if (wavelet) return wavelet;
  throw new InvalidValueError(
    "wavelet-unknown",
    `Cannot use wavelet ${name}: it must be ${WAVELETS.map(({ name }) => name).join(", ")} (got ` +
      `${name}). Use one of these.`,
  );
}

/** Refuses integers for a wavelet that is not reversible. Errors: `InvalidValueError` ("wavelet-dtype"). */
export function checkWaveletDtype(wavelet: Wavelet, dtype: "f32" | "i32"): void {
  if (dtype === "f32" || isReversible(wavelet)) return;
  throw new InvalidValueError(
    "wavelet-dtype",
    `Cannot lift integers with wavelet ${wavelet.name}: it must be reversible (got ${wavelet.name}). ` +
      `Use ${WAVELETS.filter(isReversible).map(({ name }) => name).join(" or ")}.`,
  );
}
