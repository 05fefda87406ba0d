import { comparable } from "./samples.ts";
import type { Samples8 } from "./mod.ts";
import { planeErrors, type SourcePlane, sourcePlane } from "./ssimulacra2/error_maps.ts";
import { WEIGHTS } from "./ssimulacra2/weights.ts";
import { halve, type Planes3, toLinear, toPositiveXyb } from "./ssimulacra2/xyb.ts";

const SCALE_COUNT = 6;
/** Smallest side that the metric is defined for, in pixels; a smaller picture is not halved further. */
export const SSIMULACRA2_MIN_SIDE = 8;

/**
 * SSIMULACRA2 (version 2.1), after its published definition (Sneyers, https://github.com/cloudinary/ssimulacra2).
 *
 * Both pictures go to XYB at six scales; on each plane three error maps are pooled in two norms; the 108 figures are
 * weighted, summed and mapped to a scale on which 90 is visually lossless, 70 high, 50 medium and 30 low quality.
 *
 * Limitations: sRGB pictures only; a fourth channel (alpha) is ignored; below about 128 pixels a side fewer scales
 * exist and the weights then shift as they do in the authors' program, so that small pictures compare only with
 * each other.
 *
 * @param source The source, at least 8×8 pixels.
 * @param distorted The distorted picture, of the same size.
 * @returns 100 for equal pictures, lower is worse, without a lower bound.
 * @throws InvalidValueError When the pictures cannot be compared; RangeError when they are smaller than 8 pixels on a side.
 */
export function ssimulacra2(source: Samples8, distorted: Samples8): number {
  return new Ssimulacra2Source(source).score(distorted);
}

/** One scale of the source. */
interface SourceScale {
  readonly planes: readonly SourcePlane[];
  readonly width: number;
  readonly height: number;
}

/** A source that several pictures are compared with: its own part of {@linkcode ssimulacra2} is computed once and takes 32 bytes per pixel. */
export class Ssimulacra2Source {
  readonly #source: Samples8;
  #scales: readonly SourceScale[] | undefined;

  /**
   * Makes the object.
   *
   * @param source The source, at least 8×8 pixels; it must stay as it is.
   */
  constructor(source: Samples8) {
    this.#source = source;
  }

  /**
   * As {@linkcode ssimulacra2}, to the bit.
   *
   * @param distorted A picture of the source's size.
   * @returns The score.
   */
  score(distorted: Samples8): number {
    const { strides: [sourceStride, distortedStride] } = comparable(this.#source, distorted);
    const { width, height } = this.#source;
    if (Math.min(width, height) < SSIMULACRA2_MIN_SIDE) {
      throw new RangeError(
        `Cannot compute SSIMULACRA2: both sides must be at least ${SSIMULACRA2_MIN_SIDE} pixels (got ` +
          `${width}×${height}). Use a larger picture.`,
      );
    }
    this.#scales ??= scalesOf(toLinear(this.#source, sourceStride)).map((planes3) => {
      const { planes, width, height } = toPositiveXyb(planes3);
      return { planes: planes.map((plane) => sourcePlane(plane, width, height)), width, height };
    });
    /** By plane, the figures of all scales in the order of the weights. */
    const figures: number[][] = [[], [], []];
    for (const [scale, linear] of scalesOf(toLinear(distorted, distortedStride)).entries()) {
      const xyb = toPositiveXyb(linear);
      for (const [plane, source] of this.#scales[scale].planes.entries()) {
        const { structure, artefact, detailLost } = planeErrors(
          source,
          xyb.planes[plane],
          xyb.width,
          xyb.height,
        );
        const kinds = [structure, artefact, detailLost];
        figures[plane].push(...kinds.map((kind) => kind.norm1), ...kinds.map((kind) => kind.norm4));
      }
    }
    const weighted = figures.flat().reduce((sum, figure, i) => sum + WEIGHTS[i] * figure, 0);
    return toScore(weighted);
  }
}

/** A picture in linear light at all scales. */
function scalesOf(linear: Planes3): Planes3[] {
  const scales = [linear];
  while (scales.length < SCALE_COUNT && Math.min(linear.width, linear.height) >= SSIMULACRA2_MIN_SIDE) {
    scales.push(linear = halve(linear));
  }
  return scales;
}

/** The authors' fit of the weighted sum to opinions: a cubic, then a power. */
function toScore(weighted: number): number {
  const x = 0.9562382616834844 * weighted;
  const cubic = 2.326765642916932 * x - 0.020884521182843837 * x ** 2 + 6.248496625763138e-5 * x ** 3;
  return cubic > 0 ? 100 - 10 * cubic ** 0.6276336467831387 : 100;
}
