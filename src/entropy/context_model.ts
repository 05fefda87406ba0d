/** The context model of one picture: walks its bands in coding order and carries its state from section to section. */

import type { BandShape } from "./bands.ts";
import type { BinaryCoder } from "./binary_coder.ts";
import { CONTEXT_MODEL_SHAPE } from "./context_layout.ts";
import { DetailCoder } from "./detail_coder.ts";
import { LowCoder } from "./ll_coder.ts";
import { MixingModel } from "./mixing_model.ts";
import { Plane } from "./plane.ts";
import { applyPrior, type ContextPrior } from "./prior.ts";
import type { CostedModel, ValueChooser, ValueCoder } from "./value_chooser.ts";

/** Codes one kind of band place by place. */
export interface PlaceCoder extends ValueCoder {
  /**
   * Looks around a place.
   *
   * @param x Column.
   * @param y Row.
   */
  moveTo(x: number, y: number): void;
  /**
   * Notes a value for its neighbours.
   *
   * @param value The value.
   */
  note(value: number): void;
}

/** Adaptive state of one picture. */
export class ContextModel implements CostedModel {
  /** Counters and weights. */
  readonly mixing: MixingModel = new MixingModel(CONTEXT_MODEL_SHAPE);
  #planes: Map<number, Plane> = new Map();
  #low: LowCoder = new LowCoder(this.mixing);
  #detail: DetailCoder = new DetailCoder(this.mixing);
  #coarsestLevel = 0;

  /**
   * @param bands All bands of the picture.
   * @param prior What to start from; the built-in start when undefined.
   */
  constructor(bands: readonly BandShape[], prior?: ContextPrior) {
    for (const band of bands) this.#coarsestLevel = Math.max(this.#coarsestLevel, band.level);
    applyPrior(this.mixing, prior);
  }

  /** Whether decisions change the model; off while costs are only asked for. */
  get learning(): boolean {
    return this.mixing.learning;
  }

  set learning(on: boolean) {
    this.mixing.learning = on;
  }

  /**
   * Codes one band; bands must come in coding order.
   *
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param band The band.
   * @param coder Where the decisions go or come from.
   * @param choose If given, says what to code instead of the array's value (and the array is changed).
   */
  codeBand(coefficients: Int32Array, band: BandShape, coder: BinaryCoder, choose?: ValueChooser): void {
    const { level, orientation, channel, offset, width, height } = band;
    const plane = new Plane(width, height, orientation === 0);
    this.#planes.set(planeKey(level, orientation, channel), plane);
    if (plane.isEmpty) return;
    const place = this.#begin(band, plane);
    let index = offset;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        place.moveTo(x, y);
        const wanted = choose === undefined ? coefficients[index] : choose(place, index);
        const value = place.code(coder, wanted);
        place.note(value);
        coefficients[index++] = value;
      }
    }
  }

  #begin(band: BandShape, plane: Plane): PlaceCoder {
    const { level, orientation, channel } = band;
    const channels = [1, 2, 3].map((back) => this.#plane(level, orientation, channel - back));
    if (orientation === 0) {
      this.#low.begin(band, plane, channels);
      return this.#low;
    }
    this.#detail.begin(band, plane, {
      parent: this.#plane(level + 1, orientation, channel),
      low: level === this.#coarsestLevel ? this.#plane(level, 0, channel) : undefined,
      horizontal: orientation >= 2 ? this.#plane(level, 1, channel) : undefined,
      vertical: orientation === 3 ? this.#plane(level, 2, channel) : undefined,
      channels,
    });
    return this.#detail;
  }

  #plane(level: number, orientation: number, channel: number): Plane | undefined {
    return channel < 0 ? undefined : this.#planes.get(planeKey(level, orientation, channel));
  }
}

function planeKey(level: number, orientation: number, channel: number): number {
  return (level * 4 + orientation) * 16 + channel;
}
