/**
 * Fits a context net to samples: Adam on the code length of the steps, in floats; the weights are rounded at the end.
 * Inputs are sparse, zeros being most common, and so are forward and backward pass.
 */

import { DETAIL_STEPS, NET_LOGITS, UNARY_LIMIT } from "../../src/entropy/latent/context_layout.ts";
import {
  type ContextNet,
  emptyNet,
  HIDDEN_WEIGHT_BITS,
  NET_WEIGHT_LIMIT,
  OUTPUT_WEIGHT_BITS,
} from "../../src/entropy/latent/context_net.ts";
import type { NetSamples } from "./net_samples.ts";
import {
  BIAS_CLASSES,
  HIDDEN_UNITS,
  NET_DENSITIES,
  PAIR_COUNT,
  SERIAL_PAIRS,
  TAP_COUNT,
} from "../../src/entropy/latent/net_taps.ts";

/** Rows of hidden weights: taps, then band classes, then densities. */
const ROWS: number = TAP_COUNT + BIAS_CLASSES + NET_DENSITIES;
/** Inputs are in 1/16. */
const INPUT_UNIT = 1 / 16;
const BATCH = 256;
const LEARNING_RATE = 0.004;
const WARM_UP_BATCHES = 50;
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.99;
const TINY = 1e-8;
/** Spread of the first weights of taps and of biases. */
const TAP_SPREAD = 0.25;
const BIAS_SPREAD = 0.3;

/** Numbers in [0, 1). */
export type Random = () => number;

/**
 * Fits a net.
 *
 * @param samples Samples of each orientation.
 * @param epochs How often each sample is seen.
 * @param random Where chance comes from.
 * @returns The net, rounded.
 */
export function fitNet(samples: readonly NetSamples[], epochs: number, random: Random): ContextNet {
  const net = emptyNet();
  samples.forEach((own, orientation) => {
    const fit = new NetFit(random);
    fit.run(own, epochs);
    fit.round(net, orientation, own);
  });
  return net;
}

/** Weights with their gradients and moments. */
class Parameters {
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  #first: Float32Array;
  #second: Float32Array;
  #updates = 0;

  constructor(count: number) {
    this.values = new Float32Array(count);
    this.gradients = new Float32Array(count);
    this.#first = new Float32Array(count);
    this.#second = new Float32Array(count);
  }

  /** One step of Adam; the gradients start anew. */
  update(rate: number): void {
    const { values, gradients } = this;
    const first = this.#first, second = this.#second;
    this.#updates++;
    const firstScale = rate / (1 - FIRST_DECAY ** this.#updates);
    const secondScale = 1 / (1 - SECOND_DECAY ** this.#updates);
    for (let i = 0; i < values.length; i++) {
      const gradient = gradients[i];
      first[i] = FIRST_DECAY * first[i] + (1 - FIRST_DECAY) * gradient;
      second[i] = SECOND_DECAY * second[i] + (1 - SECOND_DECAY) * gradient * gradient;
      values[i] -= firstScale * first[i] / (Math.sqrt(second[i] * secondScale) + TINY);
      gradients[i] = 0;
    }
  }
}

/** The net of one orientation while it learns. */
class NetFit {
  #hidden: Parameters = new Parameters(ROWS * HIDDEN_UNITS);
  #output: Parameters = new Parameters(NET_LOGITS * (HIDDEN_UNITS + 1));
  #random: Random;
  #units = new Float64Array(HIDDEN_UNITS);
  #deltas = new Float64Array(HIDDEN_UNITS);
  // The rows that a sample uses.
  #rows = new Int32Array(ROWS + 1);
  #values = new Float64Array(ROWS + 1);
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
    const weights = this.#hidden.values;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = i < TAP_COUNT * HIDDEN_UNITS
        ? (random() + random() + random() - 1.5) * TAP_SPREAD
        : (random() - BIAS_SPREAD) * BIAS_SPREAD;
    }
  }

  run(samples: NetSamples, epochs: number): void {
    const order = Uint32Array.from({ length: samples.count }, (_, i) => i);
    const batches = Math.floor(samples.count * epochs / BATCH);
    let next = order.length;
    for (let batch = 0; batch < batches; batch++) {
      for (let k = 0; k < BATCH; k++) {
        if (next === order.length) {
          this.#shuffle(order);
          next = 0;
        }
        this.#learn(samples, order[next++]);
      }
      const warmth = Math.min(1, (batch + 1) / WARM_UP_BATCHES);
      const rate = LEARNING_RATE * warmth * (0.5 + 0.5 * Math.cos(Math.PI * batch / batches));
      this.#hidden.update(rate);
      this.#output.update(rate);
    }
  }

  /** Writes the weights into a net; taps that no sample used get none. */
  round(net: ContextNet, orientation: number, samples: NetSamples): void {
    const used = new Uint8Array(TAP_COUNT);
    const end = samples.count * TAP_COUNT;
    for (let i = 0; i < end; i++) if (samples.inputs[i] !== 0) used[i % TAP_COUNT] = 1;
    const hidden = this.#hidden.values, output = this.#output.values;
    for (let unit = 0; unit < HIDDEN_UNITS; unit++) {
      for (let tap = 0; tap < TAP_COUNT; tap++) {
        const pair = orientation * (PAIR_COUNT + SERIAL_PAIRS) + (tap >> 1);
        net.pairs[(pair * HIDDEN_UNITS + unit) * 2 + (tap & 1)] = used[tap] === 0
          ? 0
          : rounded(hidden[tap * HIDDEN_UNITS + unit], HIDDEN_WEIGHT_BITS);
      }
      for (let k = 0; k < BIAS_CLASSES; k++) {
        net.biases[(orientation * BIAS_CLASSES + k) * HIDDEN_UNITS + unit] = rounded(
          hidden[(TAP_COUNT + k) * HIDDEN_UNITS + unit],
          HIDDEN_WEIGHT_BITS,
        );
      }
      for (let k = 0; k < NET_DENSITIES; k++) {
        net.densities[(orientation * NET_DENSITIES + k) * HIDDEN_UNITS + unit] = rounded(
          hidden[(TAP_COUNT + BIAS_CLASSES + k) * HIDDEN_UNITS + unit],
          HIDDEN_WEIGHT_BITS,
        );
      }
    }
    for (let logit = 0; logit < NET_LOGITS; logit++) {
      const row = orientation * NET_LOGITS + logit, from = logit * (HIDDEN_UNITS + 1);
      for (let unit = 0; unit < HIDDEN_UNITS; unit++) {
        net.outputs[row * HIDDEN_UNITS + unit] = rounded(output[from + unit], OUTPUT_WEIGHT_BITS);
      }
      net.outputBiases[row] = rounded(output[from + HIDDEN_UNITS], OUTPUT_WEIGHT_BITS);
    }
  }

  #shuffle(order: Uint32Array): void {
    for (let i = order.length - 1; i > 0; i--) {
      const k = Math.floor(this.#random() * (i + 1));
      [order[i], order[k]] = [order[k], order[i]];
    }
  }

  #learn(samples: NetSamples, sample: number): void {
    this.#forward(samples, sample);
    const units = this.#units, deltas = this.#deltas;
    const { values, gradients } = this.#output;
    deltas.fill(0);
    const magnitude = samples.magnitudes[sample], first = samples.quantisers[sample] * DETAIL_STEPS;
    for (let step = 0; step < UNARY_LIMIT && step <= magnitude; step++) {
      const row = (first + Math.min(step, DETAIL_STEPS - 1)) * (HIDDEN_UNITS + 1);
      let logit = values[row + HIDDEN_UNITS];
      for (let i = 0; i < HIDDEN_UNITS; i++) logit += values[row + i] * units[i];
      const error = (1 / (1 + Math.exp(-logit)) - (magnitude > step ? 1 : 0)) / BATCH;
      for (let i = 0; i < HIDDEN_UNITS; i++) {
        deltas[i] += error * values[row + i];
        gradients[row + i] += error * units[i];
      }
      gradients[row + HIDDEN_UNITS] += error;
    }
    for (let i = 0; i < HIDDEN_UNITS; i++) if (units[i] <= 0) deltas[i] = 0;
    const hiddenGradients = this.#hidden.gradients;
    for (let k = 0; k < this.#count; k++) {
      const row = this.#rows[k] * HIDDEN_UNITS, value = this.#values[k];
      for (let i = 0; i < HIDDEN_UNITS; i++) hiddenGradients[row + i] += value * deltas[i];
    }
  }

  #forward(samples: NetSamples, sample: number): void {
    const rows = this.#rows, values = this.#values, units = this.#units;
    let count = 0;
    for (let tap = 0, i = sample * TAP_COUNT; tap < TAP_COUNT; tap++, i++) {
      rows[count] = tap;
      values[count] = samples.inputs[i] * INPUT_UNIT;
      count += samples.inputs[i] !== 0 ? 1 : 0;
    }
    rows[count] = TAP_COUNT + samples.biasClasses[sample];
    values[count++] = 1;
    for (let k = 0; k < NET_DENSITIES; k++) {
      rows[count] = TAP_COUNT + BIAS_CLASSES + k;
      values[count++] = samples.densities[sample * NET_DENSITIES + k] * INPUT_UNIT;
    }
    this.#count = count;
    const weights = this.#hidden.values;
    units.fill(0);
    for (let k = 0; k < count; k++) {
      const row = rows[k] * HIDDEN_UNITS, value = values[k];
      for (let i = 0; i < HIDDEN_UNITS; i++) units[i] += value * weights[row + i];
    }
    for (let i = 0; i < HIDDEN_UNITS; i++) if (units[i] < 0) units[i] = 0;
  }
}

function rounded(weight: number, fractionBits: number): number {
  return Math.max(-NET_WEIGHT_LIMIT, Math.min(NET_WEIGHT_LIMIT, Math.round(weight * 2 ** fractionBits)));
}
