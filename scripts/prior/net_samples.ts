/** Samples of what a context net sees, and of what it should have said, from training pictures. */

import { PlaneMap } from "../../src/entropy/latent/band_relatives.ts";
import type { BandShape } from "../../src/entropy/bands.ts";
import { UNARY_LIMIT } from "../../src/entropy/latent/context_layout.ts";
import { emptyNet } from "../../src/entropy/latent/context_net.ts";
import { biasClass, TABLE, TABLE_ENTRY_BYTES } from "../../src/entropy/latent/net_block.ts";
import { TypeScriptNetKernel } from "../../src/entropy/latent/net_kernel.ts";
import { NET_DENSITIES, PAIR_COUNT, TAP_COUNT } from "../../src/entropy/latent/net_taps.ts";
import { Plane } from "../../src/entropy/plane.ts";
import { levelsOf } from "../../src/entropy/latent/trellis.ts";

/** One training picture. */
export interface TrainingPicture {
  /** Packed quantised coefficients. */
  readonly coefficients: Int32Array;
  /** Their bands. */
  readonly bands: readonly BandShape[];
  /** Whether they are values of a trellis, in half steps. */
  readonly trellis?: boolean;
}

/** Samples of one orientation, each an entry of all arrays. */
export class NetSamples {
  /** Inputs by tap. */
  readonly inputs: Uint8Array;
  /** Magnitudes, up to 20. */
  readonly magnitudes: Uint8Array;
  /** Quantisers, 0 or 1. */
  readonly quantisers: Uint8Array;
  /** Classes of the bands. */
  readonly biasClasses: Uint8Array;
  /** Densities of the bands. */
  readonly densities: Uint8Array;
  /** How many samples there are. */
  count = 0;
  #capacity: number;

  /** @param capacity How many there may be; more are not kept. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.inputs = new Uint8Array(capacity * TAP_COUNT);
    this.magnitudes = new Uint8Array(capacity);
    this.quantisers = new Uint8Array(capacity);
    this.biasClasses = new Uint8Array(capacity);
    this.densities = new Uint8Array(capacity * NET_DENSITIES);
  }

  /** Whether no more will be kept. */
  get isFull(): boolean {
    return this.count === this.#capacity;
  }
}

/** Takes samples from pictures. */
export class NetSampler {
  /** Samples of HL, LH and HH bands. */
  readonly samples: readonly NetSamples[];
  #kernel: TypeScriptNetKernel = new TypeScriptNetKernel();
  #zeros = emptyNet();

  /** @param capacity Samples of an orientation, at most. */
  constructor(capacity: number) {
    this.samples = [0, 1, 2].map(() => new NetSamples(capacity));
  }

  /**
   * Takes samples from a picture.
   *
   * @param picture Packed quantised coefficients and their bands.
   * @param keep Says, place by place, whether to.
   */
  add({ coefficients: values, bands, trellis = false }: TrainingPicture, keep: () => boolean): void {
    const planes = new PlaneMap(bands);
    const { levels: coefficients, quantisers } = trellis
      ? levelsOf(values, bands)
      : { levels: values, quantisers: new Uint8Array(values.length) };
    for (const band of bands) {
      const { width, height, orientation, offset } = band;
      const plane = new Plane(width, height, orientation === 0);
      planes.set(band, plane);
      for (let y = 0, i = offset; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const at = plane.indexOf(x, y);
          plane.set(at, coefficients[i], Math.abs(coefficients[i]));
          if (orientation === 0) plane.values[at] = coefficients[i];
        }
      }
      if (orientation !== 0 && !plane.isEmpty) this.#addBand(coefficients, quantisers, band, planes, keep);
    }
  }

  #addBand(
    coefficients: Int32Array,
    quantisers: Uint8Array,
    band: BandShape,
    planes: PlaneMap,
    keep: () => boolean,
  ): void {
    const { block } = this.#kernel;
    const samples = this.samples[band.orientation - 1];
    block.beginBand(this.#zeros, band, planes.netPlanes(band), planes.relatives(band).low);
    for (let y = 0, i = band.offset; y < band.height; y++) {
      block.beginRow(y);
      for (let x = 0; x < band.width; x++, i++) {
        if (!samples.isFull && keep()) {
          this.#take(samples, x);
          samples.magnitudes[samples.count] = Math.min(UNARY_LIMIT, Math.abs(coefficients[i]));
          samples.quantisers[samples.count] = quantisers[i];
          samples.biasClasses[samples.count++] = biasClass(band);
        }
        block.note(x, Math.abs(coefficients[i]));
      }
    }
  }

  /** Inputs and densities of the place at hand. */
  #take(samples: NetSamples, x: number): void {
    const { bytes, int32, listed, pairCount, ownRow, densities } = this.#kernel.block;
    const to = samples.count * TAP_COUNT;
    for (let k = 0; k < pairCount; k++) {
      const entry = (TABLE + k * TABLE_ENTRY_BYTES) >> 2;
      const at = x >> int32[entry + 4];
      const side = (x & 1) * 2;
      samples.inputs[to + 2 * listed[k]] = bytes[int32[entry + side] + at];
      samples.inputs[to + 2 * listed[k] + 1] = bytes[int32[entry + side + 1] + at];
    }
    for (let back = 1; back <= TAP_COUNT - 2 * PAIR_COUNT; back++) {
      samples.inputs[to + 2 * PAIR_COUNT + back - 1] = bytes[ownRow + x - back];
    }
    samples.densities.set(densities, samples.count * NET_DENSITIES);
  }
}
