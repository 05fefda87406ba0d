/** Codes the bands of one picture, whole sections at a time: the contract, and the TypeScript that fulfils it. */

import type { BandShape } from "../bands.ts";
import { DecodingCoder, EncodingCoder } from "../rans/binary_coder.ts";
import { chooseByCost } from "../rdo/choose_by_cost.ts";
import { SubbandModel } from "./model.ts";

/** What decoding needs of an engine: adaptive state of one picture, whose sections come in order. */
export interface SubbandDecodingEngine {
  /**
   * Decodes one section.
   *
   * @param bytes The section's bytes.
   * @param coefficients The packed array; only the section's bands are written.
   * @param bands The section's bands.
   * @throws {EntropyError} When the bytes are damaged.
   */
  decode(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void;
  /** Ends the picture: nothing is to be coded afterwards. */
  release(): void;
}

/** The whole engine; the sections of a picture are all encoded, all decoded or all chosen. */
export interface SubbandEngine extends SubbandDecodingEngine {
  /**
   * Finds the decisions of one section.
   *
   * @param coefficients The packed array; magnitudes already checked. What the decisions say is written over the section's bands.
   * @param bands The section's bands.
   * @returns For `encodeDecisions`, before the engine's next call: each is `frequency << 16 | start`.
   */
  record(coefficients: Int32Array, bands: readonly BandShape[]): Uint32Array;
  /**
   * Chooses the values of one section by error and bits, and finds their decisions; see `choose_by_cost.ts`, for detail bands of a trellis
   * `trellis_row.ts`.
   *
   * @param scaled Coefficients in 1/64 of a step, packed in coding order.
   * @param chosen Gets the values of these bands.
   * @param bands The section's bands.
   * @param lambdas What a bit is worth in each of them, in (step/64)².
   * @returns As for {@linkcode SubbandEngine.record}.
   */
  choose(
    scaled: Int32Array,
    chosen: Int32Array,
    bands: readonly BandShape[],
    lambdas: readonly number[],
  ): Uint32Array;
}

/** The engine in plain TypeScript: the reference, and what runs where there is no WebAssembly SIMD. */
export class TypeScriptSubbandEngine implements SubbandEngine {
  readonly #model: SubbandModel;
  readonly #isTrellis: boolean;
  /** Encodes what has been chosen. */
  #coder: TypeScriptSubbandEngine | undefined;

  /** @param isTrellis Whether coefficients of detail bands are values of a trellis. */
  constructor(isTrellis = false) {
    this.#model = new SubbandModel(isTrellis);
    this.#isTrellis = isTrellis;
  }

  /** See {@linkcode SubbandEngine.record}. */
  record(coefficients: Int32Array, bands: readonly BandShape[]): Uint32Array {
    const coder = new EncodingCoder();
    for (const band of bands) this.#model.codeBand(coefficients, band, coder);
    return coder.decisions;
  }

  /** See {@linkcode SubbandEngine.decode}. */
  decode(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void {
    const coder = new DecodingCoder(bytes);
    for (const band of bands) this.#model.codeBand(coefficients, band, coder);
    coder.finish();
  }

  /** See {@linkcode SubbandEngine.choose}. */
  choose(
    scaled: Int32Array,
    chosen: Int32Array,
    bands: readonly BandShape[],
    lambdas: readonly number[],
  ): Uint32Array {
    bands.forEach((band, i) => {
      if (!this.#isTrellis || band.orientation === 0) {
        chooseByCost(scaled, chosen, [band], lambdas[i], this.#model);
      } else {
        this.#model.chooseBand(scaled, chosen, band, lambdas[i]);
      }
    });
    this.#coder ??= new TypeScriptSubbandEngine(this.#isTrellis);
    return this.#coder.record(chosen, bands);
  }

  /** See {@linkcode SubbandEngine.release}. */
  release(): void {
    // Nothing to give back.
  }
}
