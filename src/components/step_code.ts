// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { InvalidValueError, type PyramidLayout } from "../core/mod.ts";
import { synthesisNorm, waveletNamed } from "../wavelets/mod.ts";

/** Steps an octave: neighbouring codes differ by 1.1%. */
export const STEP_CODES_PER_OCTAVE = 64;
/** The code of step 1. */
export const UNIT_STEP_CODE = 1024;
/** Largest code. */
export const MAX_STEP_CODE = 2047;

/** Base step of a code: 2^((code − 1024) / 64), about 2^−16 to 2^16. Floats, so never on the entropy path. */
export function stepFromCode(code: number): number {
  return 2 ** ((code - UNIT_STEP_CODE) / STEP_CODES_PER_OCTAVE);
}

/** Nearest code of any positive step, the first or last code for steps beyond them. */
export function clampedCodeFromStep(step: number): number {
  return codeFromStep(Math.min(stepFromCode(MAX_STEP_CODE), Math.max(stepFromCode(0), step)));
}

/** Nearest code of a positive step; `InvalidValueError` ("quant-step") outside of the codes' range. */
export function codeFromStep(step: number): number {
  const code = Math.round(Math.log2(step) * STEP_CODES_PER_OCTAVE) + UNIT_STEP_CODE;
  if (!(code >= 0 && code <= MAX_STEP_CODE)) {
    throw new InvalidValueError(
      "quant-step",
      `Cannot quantise with a base step of ${step}: it must be ${stepFromCode(0)} to ` +
        `${stepFromCode(MAX_STEP_CODE)} (got ${step}). Use a value in this range.`,
    );
  }
  return code;
}

/**
 * Step of each band: the base step over the norm of the band's synthesis function, so that errors weigh alike, times
 * the model's own gain for that band.
 *
 * @param gains One factor a band of the layout; all 1 if left out.
 */
export function bandSteps(layout: PyramidLayout, stepCode: number, gains?: readonly number[]): Float32Array {
  if (gains && gains.length !== layout.bands.length) {
    throw new InvalidValueError(
      "quant-gains",
      `Cannot use the band gains: there must be one per band, ${layout.bands.length} (got ` +
        `${gains.length}). Give one gain per band.`,
    );
  }
  const base = stepFromCode(stepCode), wavelet = waveletNamed(layout.wavelet);
  return Float32Array.from(
    layout.bands,
    (band, i) => base * (gains?.[i] ?? 1) / synthesisNorm(wavelet, band.level, band.orientation),
  );
}
