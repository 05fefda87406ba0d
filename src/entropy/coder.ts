/** The contract of an entropy coder: what `coders.ts` lists. */

import type { BandShape } from "./bands.ts";
import type { ContextPrior } from "./latent/prior.ts";

/** Name of a coder, as options give it. */
export type EntropyMode = "static" | "context" | "subband" | "trellis" | "subband-trellis";

/** Encoder effort when the caller gives none, of 1 (fastest) to 9 (smallest files). */
export const DEFAULT_EFFORT = 5;

/** What a coder may be told. Coders ignore the options that they have no use for. */
export interface CoderOptions {
  /** Initial model state of the context coders; must be the same on both sides. */
  readonly prior?: ContextPrior;
  /** Encoder effort of the lossless predictor, 1 to 9; 5 by default. */
  readonly effort?: number;
}

/** Encodes the sections of one picture in order. */
export interface SectionEncoder {
  /**
   * Encodes one section.
   *
   * @param coefficients The packed array; magnitudes already checked.
   * @param bands The section's bands.
   * @returns The section's bytes.
   */
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array;
  /** Frees what the picture's model holds. */
  release?(): void;
}

/** Decodes the sections of one picture in order. */
export interface SectionDecoder {
  /**
   * Decodes one section into the packed array.
   *
   * @param bytes The section's bytes.
   * @param coefficients The packed array; only the section's bands are written.
   * @param bands The section's bands.
   * @throws {EntropyError} When the bytes are damaged.
   */
  decodeSection(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void;
  /** Frees what the picture's model holds. */
  release?(): void;
}

/** Trade-off of rate-distortion-optimised quantisation. */
export interface QuantiserChoice {
  /** Distortion that one bit is worth, in (step/64)²: an integer. */
  readonly lambda: number;
  /** A factor on `lambda` for each band; all 1 if absent. Coders without a use for it are not given it. */
  readonly bitWeights?: readonly number[];
  /** 1 to 9. */
  readonly effort: number;
  /** Initial model state of the context coders. */
  readonly prior: ContextPrior | undefined;
}

/** What a quantiser chose. */
export interface ChosenValues {
  /** Quantised coefficients. */
  readonly values: Int32Array;
  /** Their sections, by the coder whose costs guided the choice: it walks the model as an encoder does. Absent if it does not. */
  readonly sections?: readonly Uint8Array[];
}

/** The part of an entropy coder that decoding needs: what `decoders.ts` lists. */
export interface Decoder {
  /** Number in a section's kind, 0 to 15. */
  readonly id: number;
  /** Name in options. */
  readonly name: EntropyMode;
  /** Makes a decoder for one picture with these bands. */
  decode(bands: readonly BandShape[], options: CoderOptions): SectionDecoder;
}

/** The other part. */
export interface Encoder {
  /** Makes an encoder for one picture with these bands. */
  encode(bands: readonly BandShape[], options: CoderOptions): SectionEncoder;
  /** Rate-distortion-optimised quantisation by the coder's own costs; absent where values are only rounded. */
  readonly cost?: {
    /** A good `lambda` for most uses. */
    readonly defaultLambda: number;
    /**
     * Chooses the value of each coefficient.
     *
     * @param scaled Coefficients in 1/64 of a step, packed in coding order.
     * @param bands The bands, in coding order.
     * @param choice Trade-off, effort and prior.
     * @returns Quantised coefficients, and their sections where choosing them made these.
     */
    choose(scaled: Int32Array, bands: readonly BandShape[], choice: QuantiserChoice): ChosenValues;
  };
}

/** An entropy coder. */
export interface Coder extends Decoder, Encoder {}
