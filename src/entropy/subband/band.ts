/** What the subband coder sees of a band while coding it. */

import { bandKey, type BandShape } from "../bands.ts";
import { SubbandPlane } from "./plane.ts";

/** Channel (3) × orientation (4: LL, HL, LH, HH). */
export const BAND_KINDS = 12;
/** Levels with contexts of their own: 1, 2, 3 and coarser. */
export const LEVEL_CLASSES = 3;

/** Stands for a band that is not there. */
export const NOWHERE: SubbandPlane = new SubbandPlane(0, 0);

/** Size of a plane, in coefficients. */
export interface PlaneSize {
  /** Coefficients a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A band and the bands coded before it that tell of it; a plane of no size for those that are not there. */
export interface SubbandView<P extends PlaneSize = SubbandPlane> {
  /** Channel × orientation, 0 … 11. */
  readonly kind: number;
  /** 0, 1 or 2. */
  readonly levelClass: number;
  /** 0 LL, 1 HL, 2 LH, 3 HH. */
  readonly orientation: number;
  /** The band itself, as far as it is coded. */
  readonly plane: P;
  /** Coarser band of the same orientation and channel. */
  readonly parent: P;
  /** HL band of this level and channel, for LH and HH. */
  readonly horizontal: P;
  /** LH band of this level and channel, for HH. */
  readonly vertical: P;
  /** This band in the previous channel. */
  readonly earlier: P;
  /** This band in the channel before that. */
  readonly earliest: P;
}

/** Keeps the bands of a picture and finds each one's relatives. */
export class SubbandSet<P extends PlaneSize = SubbandPlane> {
  readonly #planes: Map<number, P> = new Map();
  readonly #nowhere: P;

  /** @param nowhere Stands for a band that is not there. */
  constructor(nowhere: P) {
    this.#nowhere = nowhere;
  }

  /**
   * Begins a band.
   *
   * @param band Its shape.
   * @param plane Its plane, of its size, still empty.
   * @returns Its view.
   */
  begin({ level, orientation, channel }: BandShape, plane: P): SubbandView<P> {
    const nowhere = this.#nowhere;
    this.#planes.set(bandKey(level, orientation, channel), plane);
    // Sibling bands differ by one at odd sizes: places have the same index only where rows are equally long.
    const aligned = (ofOrientation: number, ofChannel: number): P => {
      const other = this.#find(level, ofOrientation, ofChannel);
      return other.width === plane.width && other.height >= plane.height ? other : nowhere;
    };
    return {
      kind: Math.min(channel, 2) * 4 + orientation,
      levelClass: Math.max(0, Math.min(level, LEVEL_CLASSES) - 1),
      orientation,
      plane,
      parent: orientation === 0 ? nowhere : this.#find(level + 1, orientation, channel),
      horizontal: orientation >= 2 ? aligned(1, channel) : nowhere,
      vertical: orientation === 3 ? aligned(2, channel) : nowhere,
      earlier: aligned(orientation, channel - 1),
      earliest: aligned(orientation, channel - 2),
    };
  }

  #find(level: number, orientation: number, channel: number): P {
    return (channel >= 0 && this.#planes.get(bandKey(level, orientation, channel))) || this.#nowhere;
  }
}

/** Index in the parent of the place (x, y) of its child, kept inside. */
export function parentIndex(parent: SubbandPlane, x: number, y: number): number {
  return parent.indexOf(Math.min(x >> 1, parent.width - 1), Math.min(y >> 1, parent.height - 1));
}
