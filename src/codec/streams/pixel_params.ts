import type { Band, PyramidLayout } from "../../core/mod.ts";
import type { WaveletName } from "../../wavelets/mod.ts";
import type { QualityScale } from "../../models/manifest.ts";
import { trellisGains } from "./trellis_steps.ts";

/** Name and header number of the stream that needs no model: wavelet coefficients of the pixels themselves. */
export const PIXELS = { name: "pixels", id: 3 } as const;

/** Levels of decomposition of pixel streams, but for exact ones of the subband coder. */
export const PIXEL_LEVELS = 5;
/** Levels of exact streams of the subband coder: it predicts samples better than a wavelet does. */
export const EXACT_LEVELS = 0;
/** Wavelet of lossy pixel streams. */
export const LOSSY_WAVELET: WaveletName = "cdf97";
/** Wavelet of exact pixel streams. */
export const EXACT_WAVELET: WaveletName = "cdf53";

/** What lossy pixel streams of the static coder add before truncation: a dead zone a little wider than plain rounding's saves more than it costs. */
export const PIXEL_ROUNDING = 0.38;

/** Half step of the trellis, of the base step: that of a quantiser of single coefficients that would err as much. */
export const PIXEL_HALF_STEP = 0.65;
/** Norm of what one unit of Y, Cb, Cr adds to (R, G, B), over that of Y. */
const CHANNEL_NORMS: readonly number[] = [1, 1.0423, 0.9084];

/** A value for luma and one for both channels of chroma, at levels from 1, the finest, to 5; LL has the coarsest one's. */
export interface ByLevel {
  readonly luma: readonly number[];
  readonly chroma: readonly number[];
}

/**
 * Factors on the steps of weighted streams. Fine errors are seen less than broad ones, and those of colours less than those of
 * luma. Tuned on photographs by the rates at equal CVVDP, SSIMULACRA2, MS-SSIM, Butteraugli and texture error.
 */
const STEP_WEIGHTS: ByLevel = {
  luma: [1.7, 0.95, 0.63, 0.57, 0.52],
  chroma: [1.8, 1.16, 0.93, 0.88, 0.7],
};

/**
 * A factor on the step of each band: errors weigh alike in RGB.
 *
 * @param stream Whether errors count by how they show instead of by their energy, and whether coefficients are values of a
 * trellis, in half steps.
 */
export function pixelGains(
  layout: PyramidLayout,
  { weighted = false, trellis = false }: { readonly weighted?: boolean; readonly trellis?: boolean },
): number[] {
  const gains = layout.bands.map((band) =>
    (weighted ? valueOfBand(STEP_WEIGHTS, band) : 1) / CHANNEL_NORMS[band.channel]
  );
  return trellis ? trellisGains(layout, gains, PIXEL_HALF_STEP) : gains;
}

/** The value of a band. */
export function valueOfBand(
  { luma, chroma }: ByLevel,
  { channel, level }: Pick<Band, "channel" | "level">,
): number {
  const values = channel === 0 ? luma : chroma;
  return values[Math.min(values.length - 1, Math.max(0, level - 1))];
}

/** Qualities of pixel streams of weighted steps: base steps in 8-bit levels, and where they are the default. */
export const WEIGHTED_PIXEL_QUALITY: QualityScale = {
  qualitySteps: [[1, 139], [81, 23.8], [100, 2.2]],
  autoQuality: [81, 100],
};

/** The same for equal steps, tuned for PSNR; {@linkcode WEIGHTED_PIXEL_QUALITY} says where pixels are the default. */
export const PIXEL_QUALITY: QualityScale = { qualitySteps: [[1, 179], [81, 30.2], [100, 2.6]] };
