/**
 * What the channels' vector at nearby places says of a sign. Edges keep their colours: where the vector of the earlier
 * channels points as a neighbour's does, this channel's coefficient likely does, too.
 *
 * With c the three earlier channels at the place, n those at the neighbour and m the neighbour's own, each clipped to ±3,
 * the feature is 64 m (c · n) / (1 + n · n), rounded towards zero: the neighbour's m, scaled as the rest is.
 */

import type { DetailRelatives } from "./band_relatives.ts";
import { NOWHERE, ofSameSize, type Plane } from "../plane.ts";

const SCALE = 64;
const NO_VECTOR: readonly Plane[] = [NOWHERE, NOWHERE, NOWHERE, NOWHERE];

/** Computes the features of signs that come from vectors. */
export class VectorSign {
  #own: readonly Plane[] = NO_VECTOR;
  #parent: readonly Plane[] = NO_VECTOR;
  #horizontal: readonly Plane[] = NO_VECTOR;
  #vertical: readonly Plane[] = NO_VECTOR;
  #c1 = 0;
  #c2 = 0;
  #c3 = 0;

  /**
   * Turns to a band.
   *
   * @param plane Its plane.
   * @param relatives What it may look at.
   */
  begin(plane: Plane, relatives: DetailRelatives): void {
    this.#own = vectorOf([plane, ...relatives.channels]);
    this.#parent = vectorOf(relatives.parent);
    this.#horizontal = vectorOf(relatives.horizontal);
    this.#vertical = vectorOf(relatives.vertical);
  }

  /**
   * Computes six features: of W, N, NE, NW, the parent, and the sum of those of the HL and the LH sibling.
   *
   * @param index Index of the place in the band's plane.
   * @param x Column.
   * @param y Row.
   * @param features Where to put them.
   * @param first Number of the first.
   */
  gather(index: number, x: number, y: number, features: Int32Array, first: number): void {
    const own = this.#own;
    this.#c1 = signedAt(own[1], index);
    this.#c2 = signedAt(own[2], index);
    this.#c3 = signedAt(own[3], index);
    // Most places have no earlier channel that is not 0; the caller has cleared the features.
    if ((this.#c1 | this.#c2 | this.#c3) === 0) return;
    const stride = own[0].stride;
    features[first] = this.#feature(own, index - 1);
    features[first + 1] = this.#feature(own, index - stride);
    features[first + 2] = this.#feature(own, index - stride + 1);
    features[first + 3] = this.#feature(own, index - stride - 1);
    features[first + 4] = this.#featureAt(this.#parent, x >> 1, y >> 1);
    features[first + 5] = this.#featureAt(this.#horizontal, x, y) + this.#featureAt(this.#vertical, x, y);
  }

  #featureAt(vector: readonly Plane[], x: number, y: number): number {
    return vector[0] === NOWHERE ? 0 : this.#feature(vector, vector[0].indexOf(x, y));
  }

  #feature(vector: readonly Plane[], index: number): number {
    const own = vector[0].signed[index];
    if (own === 0) return 0;
    const n1 = signedAt(vector[1], index), n2 = signedAt(vector[2], index), n3 = signedAt(vector[3], index);
    const product = n1 * this.#c1 + n2 * this.#c2 + n3 * this.#c3;
    return Math.trunc((SCALE * own * product) / (1 + n1 * n1 + n2 * n2 + n3 * n3)) | 0;
  }
}

/** Four planes of one size; where one is missing or of another size, `NOWHERE`. */
function vectorOf(planes: readonly (Plane | undefined)[]): readonly Plane[] {
  const own = planes[0];
  if (own === undefined) return NO_VECTOR;
  return planes.map((plane) => ofSameSize(plane, own));
}

function signedAt(plane: Plane, index: number): number {
  return plane === NOWHERE ? 0 : plane.signed[index];
}
