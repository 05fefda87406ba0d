/** The context model of one picture: walks its bands in coding order and carries its state from section to section. */

import { PlaneMap } from "./band_relatives.ts";
import type { BandShape } from "../bands.ts";
import type { BinaryCoder } from "../rans/binary_coder.ts";
import type { ContextNet } from "./context_net.ts";
import type { HighPassCoder } from "./high_pass_coder.ts";
import { LowPassCoder } from "./low_pass_coder.ts";
import { freshState, type MixingState } from "../mixing/mixing_block.ts";
import type { MixingKernel } from "../mixing/mixing_kernel.ts";
import { WasmMixingKernel } from "../mixing/wasm_mixing_kernel.ts";
import { MixingModel } from "../mixing/mixing_model.ts";
import type { NetKernel } from "./net_kernel.ts";
import { plainForms } from "../plain_forms.ts";
import { Plane } from "../plane.ts";
import { checkShape, type ContextPrior } from "./prior.ts";
import { checkDecoded } from "../symbols.ts";
import { levelOfValue, TrellisWalk, valueOfLevel } from "./trellis.ts";
import type { CostedModel, ValueChooser, ValueCoder } from "./value_chooser.ts";
import {
  arraysOf,
  type CostTaker,
  type DetailBand,
  roomBytesOf,
  WasmDetailCoder,
} from "./wasm_detail_coder.ts";
import { sharedNetKernel } from "./wasm_net_kernel.ts";

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

/** What a model may have besides a prior. */
export interface ContextModelOptions {
  /** Whether coefficients are values of a trellis, in half steps: see `trellis.ts`. LL has none. */
  readonly trellis?: boolean;
  /** What runs the prior's net; that of this thread by default. */
  readonly kernel?: NetKernel;
  /** What runs its counters and mixers; that of this thread by default. */
  readonly mixingKernel?: MixingKernel;
}

/** What all models without a prior start from. */
let fresh: MixingState | undefined;

/** Called at each place of a detail band in coding order; gives the level to note there. */
export type LevelVisitor = (place: HighPassCoder, index: number) => number;

/** Adaptive state of one picture. */
export class ContextModel implements CostedModel {
  #mixing: MixingModel;
  #planes: PlaneMap;
  #low: LowPassCoder;
  /** Codes detail bands place by place, once that is needed. */
  #byPlace: HighPassCoder | undefined;
  #net: ContextNet | undefined;
  #kernel: NetKernel | undefined;
  #isTrellis: boolean;
  #wasm: WasmDetailCoder | undefined;

  /**
   * @param bands All bands of the picture.
   * @param prior What to start from; the built-in start when undefined.
   * @param options Kind of coefficients, and kernels.
   */
  constructor(
    bands: readonly BandShape[],
    prior?: ContextPrior,
    { trellis = false, kernel, mixingKernel }: ContextModelOptions = {},
  ) {
    if (prior) checkShape(prior);
    this.#mixing = new MixingModel(prior ?? (fresh ??= freshState()), mixingKernel);
    this.#low = new LowPassCoder(this.#mixing);
    this.#isTrellis = trellis;
    this.#planes = new PlaneMap(bands);
    this.#net = prior?.net;
    this.#kernel = this.#net && (kernel ?? sharedNetKernel());
  }

  /** What the model knows now, to start another from. */
  get state(): ContextPrior {
    return { ...this.#mixing.state, ...(this.#net && { net: this.#net }) };
  }

  /** Ends the picture: the model has forgotten it, and the next one starts without a copy of it. */
  release(): void {
    this.#mixing.release();
  }

  /** Whether decisions change the model; off while costs are only asked for. */
  get learning(): boolean {
    return this.#mixing.learning;
  }

  set learning(on: boolean) {
    this.#mixing.learning = on;
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
    if (choose === undefined && this.learning && coder.kind !== undefined) {
      if (this.#visitAtOnce(band, (wasm, detail) => wasm.code(detail, coefficients, coder), coder)) return;
    }
    const wantedAt = (place: PlaceCoder, index: number): number =>
      choose === undefined ? coefficients[index] : choose(place, index);
    if (this.#isTrellis && band.orientation !== 0) {
      const walk = new TrellisWalk();
      const detail = this.#placeCoder();
      this.#visit(band, detail, (place, index) => {
        const { quantiser } = detail;
        const level = place.code(coder, levelOfValue(wantedAt(place, index), quantiser));
        coefficients[index] = checkDecoded(valueOfLevel(level, quantiser));
        walk.advance(level);
        detail.quantiser = walk.quantiser;
        return level;
      });
    } else {
      this.#visit(
        band,
        band.orientation === 0 ? this.#low : this.#placeCoder(),
        (place, index) => coefficients[index] = place.code(coder, wantedAt(place, index)),
      );
    }
  }

  /**
   * Goes through a detail band without coding it: costs can be asked for at each place. The band is to be coded afterwards.
   *
   * @param band The band.
   * @param visit Called at each place.
   */
  visitDetail(band: BandShape, visit: LevelVisitor): void {
    this.#visit(band, this.#placeCoder(), visit);
  }

  /**
   * The same for the trellis search, if there is a kernel that does it at once.
   *
   * @param band The band.
   * @param scaled Coefficients in 1/64 half steps, the packed array.
   * @param lambda What a bit is worth, in (half step/64)².
   * @param taker Gets what levels cost.
   * @returns Whether it was done.
   */
  searchDetail(band: BandShape, scaled: Int32Array, lambda: number, taker: CostTaker): boolean {
    return this.#visitAtOnce(band, (wasm, detail) => wasm.search(detail, scaled, lambda, taker));
  }

  /** Has WebAssembly go through a detail band, if it can; gives whether it did. */
  #visitAtOnce(
    band: BandShape,
    visit: (wasm: WasmDetailCoder, detail: DetailBand) => void,
    coder?: BinaryCoder,
  ): boolean {
    const { kernel } = this.#mixing;
    if (band.orientation === 0 || this.#net === undefined || !(kernel instanceof WasmMixingKernel)) {
      return false;
    }
    const plane = new Plane(band.width, band.height, false);
    const relatives = this.#planes.relatives(band);
    const arrays = arraysOf(plane, relatives);
    const detail = { band, plane, relatives, net: this.#kernel!, isTrellis: this.#isTrellis, arrays };
    const roomBytes = roomBytesOf(detail, coder);
    if (roomBytes > kernel.roomBytes) this.#moveTo(kernel.withRoom(roomBytes));
    this.#planes.set(band, plane);
    if (plane.isEmpty) return true;
    this.#mixing.begin();
    this.#kernel!.block.beginBand(this.#net, band, this.#planes.netPlanes(band), relatives.low);
    visit(this.#wasm ??= new WasmDetailCoder(this.#mixing.kernel as WasmMixingKernel), detail);
    return true;
  }

  /** Goes on with another kernel. */
  #moveTo(kernel: WasmMixingKernel): void {
    const { state } = this.#mixing;
    this.#mixing.release();
    this.#mixing = new MixingModel(state, kernel);
    this.#low = new LowPassCoder(this.#mixing);
    this.#byPlace = this.#wasm = undefined;
  }

  #placeCoder(): HighPassCoder {
    return this.#byPlace ??= new (plainForms().HighPassCoder)(this.#mixing);
  }

  #visit<P extends PlaceCoder>(band: BandShape, place: P, visit: (place: P, index: number) => number): void {
    const { orientation, width, height } = band;
    const plane = new Plane(width, height, orientation === 0);
    this.#planes.set(band, plane);
    if (plane.isEmpty) return;
    this.#begin(band, plane);
    let index = band.offset;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        place.moveTo(x, y);
        place.note(visit(place, index++));
      }
    }
  }

  #begin(band: BandShape, plane: Plane): void {
    this.#mixing.begin();
    if (band.orientation === 0) {
      this.#low.begin(band, plane, this.#planes.earlier(band));
      return;
    }
    const relatives = this.#planes.relatives(band);
    if (this.#net !== undefined) {
      this.#kernel!.block.beginBand(this.#net, band, this.#planes.netPlanes(band), relatives.low);
    }
    this.#placeCoder().begin(band, plane, relatives, this.#kernel);
  }
}
