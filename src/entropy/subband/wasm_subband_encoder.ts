/** The encoding part of the subband coder with WebAssembly SIMD. */

import type { BandShape } from "../bands.ts";
import { PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { plainForms } from "../plain_forms.ts";
import { encodeDecisions } from "../rans/rans_single_encode.ts";
import type { SubbandEngine } from "./subband_engine.ts";
import { sharedInstances, WasmSubbandEngine } from "./wasm_subband_engine.ts";

/** What the search through a trellis notes of a place. */
const NOTE_BYTES = 20;

/** The arithmetic of {@linkcode TypeScriptSubbandEngine} with SIMD; values and bytes are the same. */
export class WasmSubbandEncoder extends WasmSubbandEngine implements SubbandEngine {
  /** See {@linkcode SubbandEngine.encode}. */
  encode(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array {
    const decisions = this.reserve(bands, 0);
    this.instance.exports.beginEncoding(decisions);
    this.codeBands(coefficients, coefficients, bands);
    return this.#encoded(decisions);
  }

  /** See {@linkcode SubbandEngine.choose}. */
  choose(
    scaled: Int32Array,
    chosen: Int32Array,
    bands: readonly BandShape[],
    lambdas: readonly number[],
  ): Uint8Array {
    const { exports } = this.instance;
    const noteBytes = this.isTrellis ? NOTE_BYTES * Math.max(0, ...bands.map(({ width }) => width)) : 0;
    const notes = this.reserve(bands, noteBytes), decisions = notes + noteBytes;
    exports.beginEncoding(decisions);
    this.codeBands(scaled, chosen, bands, (i) => exports.beginChoosing(lambdas[i], notes));
    return this.#encoded(decisions);
  }

  /** The stream of the decisions from an address on. */
  #encoded(decisions: number): Uint8Array {
    const { memory, exports } = this.instance, count = (exports.end() - decisions) / 4;
    return encodeDecisions(new Uint32Array(memory.buffer, decisions, count), PROBABILITY_BITS);
  }
}

/**
 * Begins to encode a picture, or to choose its values, with the best engine that the runtime has.
 *
 * @param isTrellis Whether coefficients of detail bands are values of a trellis.
 * @returns The engine; release it at the end.
 */
export function subbandEngine(isTrellis: boolean): SubbandEngine {
  const instances = sharedInstances();
  return instances ? new WasmSubbandEncoder(instances, isTrellis) : plainForms().subbandEngine(isTrellis);
}
