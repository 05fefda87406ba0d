/** Which other bands a band may look at: those coded before it. */

import { bandKey, type BandShape } from "../bands.ts";
import { NET_PLANES } from "./net_taps.ts";
import type { Plane } from "../plane.ts";

/** Planes of bands by level, orientation and channel. */
export class PlaneMap {
  #planes: Map<number, Plane> = new Map();
  #channelCount = 0;
  #coarsestLevel = 0;

  /** @param bands All bands of the picture. */
  constructor(bands: readonly BandShape[]) {
    for (const { channel, level } of bands) {
      this.#channelCount = Math.max(this.#channelCount, channel + 1);
      this.#coarsestLevel = Math.max(this.#coarsestLevel, level);
    }
  }

  /**
   * Notes a band's plane.
   *
   * @param band The band.
   * @param plane Its plane.
   */
  set({ level, orientation, channel }: BandShape, plane: Plane): void {
    this.#planes.set(bandKey(level, orientation, channel), plane);
  }

  /**
   * A band's plane, if it was noted and is not empty.
   *
   * @param level Wavelet level.
   * @param orientation 0 LL, 1 HL, 2 LH, 3 HH.
   * @param channel Channel; negative ones have none.
   * @returns The plane.
   */
  get(level: number, orientation: number, channel: number): Plane | undefined {
    const plane = channel < 0 ? undefined : this.#planes.get(bandKey(level, orientation, channel));
    return plane?.isEmpty ? undefined : plane;
  }

  /**
   * The same band in the three previous channels, nearest first.
   *
   * @param band The band.
   * @returns Three planes, as far as there are any.
   */
  earlier({ level, orientation, channel }: BandShape): (Plane | undefined)[] {
    return [1, 2, 3].map((back) => this.get(level, orientation, channel - back));
  }

  /**
   * What a detail band looks at.
   *
   * @param band The band.
   * @returns Its relatives.
   */
  relatives(band: BandShape): DetailRelatives {
    const { level, orientation, channel } = band;
    const vector = (planeLevel: number, planeOrientation: number) =>
      planeOrientation >= orientation && planeLevel === level
        ? []
        : [0, 1, 2, 3].map((back) => this.get(planeLevel, planeOrientation, channel - back));
    return {
      parent: vector(level + 1, orientation),
      low: level === this.#coarsestLevel ? this.get(level, 0, channel) : undefined,
      horizontal: vector(level, 1),
      vertical: vector(level, 2),
      channels: this.earlier(band),
    };
  }

  /**
   * What the net sees of a detail band.
   *
   * @param band The band.
   * @returns Planes by the numbers of {@linkcode NET_PLANES}; those of the band itself and of LL are left out.
   */
  netPlanes(band: BandShape): (Plane | undefined)[] {
    const { level, orientation, channel } = band;
    const planes: (Plane | undefined)[] = new Array(NET_PLANES.total).fill(undefined);
    for (let k = 0; k < 3; k++) {
      const other = k + 1 < this.#channelCount ? (channel + k + 1) % this.#channelCount : -1;
      planes[NET_PLANES.earlier + k] = this.get(level, orientation, channel - k - 1);
      planes[NET_PLANES.otherParent + k] = this.get(level + 1, orientation, other);
      if (orientation >= 2) planes[NET_PLANES.otherHorizontal + k] = this.get(level, 1, other);
      if (orientation === 3) planes[NET_PLANES.otherVertical + k] = this.get(level, 2, other);
    }
    planes[NET_PLANES.parent] = this.get(level + 1, orientation, channel);
    if (orientation >= 2) planes[NET_PLANES.horizontal] = this.get(level, 1, channel);
    if (orientation === 3) planes[NET_PLANES.vertical] = this.get(level, 2, channel);
    const siblings = [1, 2, 3].filter((other) => other !== orientation);
    siblings.forEach((other, k) =>
      planes[NET_PLANES.parentSibling + k] = this.get(level + 1, other, channel)
    );
    return planes;
  }
}

/** The planes a detail band looks at. Lists of four hold the band's own channel, then those before, nearest first. */
export interface DetailRelatives {
  /** Coarser band of the same orientation; empty at the coarsest level. */
  readonly parent: readonly (Plane | undefined)[];
  /** LL band of the channel, at the coarsest level. */
  readonly low: Plane | undefined;
  /** HL band of this level, for LH and HH. */
  readonly horizontal: readonly (Plane | undefined)[];
  /** LH band of this level, for HH. */
  readonly vertical: readonly (Plane | undefined)[];
  /** This band in the previous channels, nearest first. */
  readonly channels: readonly (Plane | undefined)[];
}
