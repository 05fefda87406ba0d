import { comparable } from "./samples.ts";
import type { Samples8 } from "./mod.ts";
import { planeErrors } from "./ssimulacra2/error_maps.ts";
import { WEIGHTS } from "./ssimulacra2/weights.ts";
import { halve, toLinear, toPositiveXyb } from "./ssimulacra2/xyb.ts";

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
  const { strides: [sourceStride, distortedStride] } = comparable(source, distorted);
  const { width, height } = source;
  if (Math.min(width, height) < SSIMULACRA2_MIN_SIDE) {
    throw new RangeError(
      `Cannot compute SSIMULACRA2: both sides must be at least ${SSIMULACRA2_MIN_SIDE} pixels (got ` +
        `${width}×${height}). Use a larger picture.`,
    );
  }
  let linear1 = toLinear(source, sourceStride), linear2 = toLinear(distorted, distortedStride);
  /** By plane, the figures of all scales in the order of the weights. */
  const figures: number[][] = [[], [], []];
  for (let scale = 0; scale < SCALE_COUNT; scale++) {
    if (scale > 0) {
      if (Math.min(linear1.width, linear1.height) < SSIMULACRA2_MIN_SIDE) break;
      [linear1, linear2] = [halve(linear1), halve(linear2)];
    }
    const xyb1 = toPositiveXyb(linear1), xyb2 = toPositiveXyb(linear2);
    for (let plane = 0; plane < 3; plane++) {
      const { structure, artefact, detailLost } = planeErrors(
        xyb1.planes[plane],
        xyb2.planes[plane],
        xyb1.width,
        xyb1.height,
      );
      const kinds = [structure, artefact, detailLost];
      figures[plane].push(...kinds.map((kind) => kind.norm1), ...kinds.map((kind) => kind.norm4));
    }
  }
  const weighted = figures.flat().reduce((sum, figure, i) => sum + WEIGHTS[i] * figure, 0);
  return toScore(weighted);
}

/** The authors' fit of the weighted sum to opinions: a cubic, then a power. */
function toScore(weighted: number): number {
  const x = 0.9562382616834844 * weighted;
  const cubic = 2.326765642916932 * x - 0.020884521182843837 * x ** 2 + 6.248496625763138e-5 * x ** 3;
  return cubic > 0 ? 100 - 10 * cubic ** 0.6276336467831387 : 100;
}
