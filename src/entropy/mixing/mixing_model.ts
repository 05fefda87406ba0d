/**
 * The adaptive binary model: a direct stage, counters, and a mixer, in 32-bit integers.
 *
 * Each decision gets its probability in three steps:
 * 1. *Direct stage*: a logistic regression on features (logarithms of neighbouring magnitudes, or signed values):
 *    `logit = Σ (weight >> 7) · feature >> 13`, weights in 2^−20.
 * 2. *Counters*: one adaptive probability a context, its logit scaled by how often the context was seen.
 * 3. *Mixer*: two logistic regressions on the direct logit, a constant 256 and the counters' logits, their weight sets
 *    chosen by different contexts; the mean of their logits is the decision's.
 * Afterwards all three learn from the outcome, with steps that shrink as they gather experience.
 *
 * In the manner of the PAQ family (M. Mahoney, Adaptive weighing of context models, 2005); arithmetic our own.
 */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { LoneCounters } from "./counter.ts";
import type { FeatureList, FeatureListName, MixingState, StateKeeper } from "./mixing_block.ts";
import type { MixingKernel } from "./mixing_kernel.ts";
import { sharedMixingKernel } from "./wasm_mixing_kernel.ts";

/** State of the model; what the contexts and features mean is its caller's business. */
export class MixingModel implements StateKeeper {
  /** See {@linkcode StateKeeper.kept}; what the model starts from is not written to. */
  kept: MixingState;
  /** Counter indices of the decision at hand; the caller fills them in. */
  readonly contexts: Int32Array;
  /** Features by kind of decision; the caller fills them in. Another model's turn may change them. */
  readonly features: Readonly<Record<FeatureListName, FeatureList>>;
  #kernel: MixingKernel;
  #alone: LoneCounters;

  /**
   * @param start What it knows to begin with.
   * @param kernel What computes; that of this thread by default.
   */
  constructor(start: MixingState, kernel: MixingKernel = sharedMixingKernel()) {
    this.kept = start;
    this.#kernel = kernel;
    this.contexts = kernel.block.contexts;
    this.features = kernel.block.features;
    this.#alone = new LoneCounters(kernel.block.counters);
  }

  /** What computes. */
  get kernel(): MixingKernel {
    return this.#kernel;
  }

  /** What the model knows now; it stays as it is. */
  get state(): MixingState {
    return this.#kernel.block.stateOf(this);
  }

  /** Whether decisions change the model; off while costs are only asked for. */
  get learning(): boolean {
    return this.#alone.learning;
  }

  set learning(on: boolean) {
    this.#alone.learning = on;
  }

  /** Takes its turn at the kernel: needed before decisions whenever another model may have had one. */
  begin(): void {
    this.#kernel.block.turnTo(this);
  }

  /** Has had its last turn: it is as it was made again. */
  release(): void {
    this.#kernel.block.release(this);
  }

  /** See {@linkcode MixingKernel.directLogit}. */
  directLogit(features: FeatureList, set: number): number {
    return this.#kernel.directLogit(features, set);
  }

  /**
   * Codes one decision and learns from it. `contexts` holds the counters' indices.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param contextCount How many of `contexts` are in use, 1 to 6.
   * @param mixerSet First mixer weight set.
   * @param secondSet Second mixer weight set, never the same.
   * @param direct What {@linkcode directLogit} gave for these features and set.
   * @param features The features.
   * @param directSet The direct weight set.
   * @returns The outcome.
   */
  decide(
    coder: BinaryCoder,
    bit: number,
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    features: FeatureList,
    directSet: number,
  ): number {
    const kernel = this.#kernel;
    return this.#decide(
      coder,
      bit,
      kernel.predict(contextCount, mixerSet, secondSet, direct, features, directSet),
    );
  }

  /**
   * The same with the direct stage in it: the class of its logit chooses the second mixer weight set.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param contextCount How many of `contexts` are in use, 1 to 6.
   * @param mixerSet First mixer weight set.
   * @param secondSets The first of 32 second sets.
   * @param features The features.
   * @param directSet The direct weight set.
   * @returns The outcome.
   */
  decideByDirect(
    coder: BinaryCoder,
    bit: number,
    contextCount: number,
    mixerSet: number,
    secondSets: number,
    features: FeatureList,
    directSet: number,
  ): number {
    const kernel = this.#kernel;
    return this.#decide(
      coder,
      bit,
      kernel.predictByDirect(contextCount, mixerSet, secondSets, features, directSet),
    );
  }

  /** Codes one decision with a single counter, see {@linkcode LoneCounters.decide}. */
  decideAlone(coder: BinaryCoder, bit: number, index: number): number {
    return this.#alone.decide(coder, bit, index);
  }

  #decide(coder: BinaryCoder, bit: number, probability: number): number {
    const outcome = coder.code(bit, probability);
    if (this.#alone.learning) this.#kernel.learn(outcome);
    return outcome;
  }
}
