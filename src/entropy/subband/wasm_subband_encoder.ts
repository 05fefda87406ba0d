/** The encoding part of the subband coder with WebAssembly SIMD. */

import type { BandShape } from "../bands.ts";
import { plainForms } from "../plain_forms.ts";
import type { SubbandEngine } from "./subband_engine.ts";
import { sharedInstances, WasmSubbandEngine } from "./wasm_subband_engine.ts";

/** What the search through a trellis notes of a place. */
const NOTE_BYTES = 20;

/** The arithmetic of {@linkcode TypeScriptSubbandEngine} with SIMD; values and bytes are the same. */
export class WasmSubbandEncoder extends WasmSubbandEngine implements SubbandEngine {
  /** See {@linkcode SubbandEngine.record}. */
  record(coefficients: Int32Array, bands: readonly BandShape[]): Uint32Array {
    const decisions = this.reserve(bands, 0);
    this.instance.exports.beginEncoding(decisions);
    this.codeBands(coefficients, coefficients, bands);
    return this.#recorded(decisions);
  }

  /** See {@linkcode SubbandEngine.choose}. */
  choose(
    scaled: Int32Array,
    chosen: Int32Array,
    bands: readonly BandShape[],
    lambdas: readonly number[],
  ): Uint32Array {
    const { exports } = this.instance;
    const noteBytes = this.isTrellis ? NOTE_BYTES * Math.max(0, ...bands.map(({ width }) => width)) : 0;
    const notes = this.reserve(bands, noteBytes), decisions = notes + noteBytes;
    exports.beginEncoding(decisions);
    this.codeBands(scaled, chosen, bands, (i) => exports.beginChoosing(lambdas[i], notes));
    return this.#recorded(decisions);
  }

  /** The decisions from an address on. */
  #recorded(decisions: number): Uint32Array {
    const { memory, exports } = this.instance, count = (exports.end() - decisions) / 4;
    return new Uint32Array(memory.buffer, decisions, count);
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
  return instances
    ? new WasmSubbandEncoder(instances, isTrellis)
    : new (plainForms().TypeScriptSubbandEngine)(isTrellis);
}
