import type { PyramidLayout } from "../../core/mod.ts";
import type { WaveletName } from "../../wavelets/mod.ts";
import type { QualityScale } from "../../models/manifest.ts";

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

/** Norm of what one unit of Y, Cb, Cr adds to (R, G, B), over that of Y. */
const CHANNEL_NORMS: readonly number[] = [1, 1.0423, 0.9084];

/**
 * Factors on the steps of weighted streams, from level 1, the finest, to 5; LL has the coarsest one's. Fine errors are seen
 * less than broad ones: on training photographs this saves a tenth of the bytes at equal MS-SSIM and SSIMULACRA2.
 */
const LEVEL_WEIGHTS: readonly number[] = [1.3, 1, 0.85, 0.7, 0.6];

/**
 * A factor on the step of each band: errors weigh alike in RGB.
 *
 * @param weighted Whether they count by how they show instead of by their energy.
 */
export function pixelGains(layout: PyramidLayout, weighted: boolean): number[] {
  return layout.bands.map(({ channel, level }) => {
    const coarsest = LEVEL_WEIGHTS.length - 1;
    return (weighted ? LEVEL_WEIGHTS[Math.min(coarsest, Math.max(0, level - 1))] : 1) /
      CHANNEL_NORMS[channel];
  });
}

/** Qualities of pixel streams of weighted steps: base steps in 8-bit levels, and where they are the default. */
export const WEIGHTED_PIXEL_QUALITY: QualityScale = {
  qualitySteps: [[1, 130], [81, 23], [100, 2.2]],
  autoQuality: [81, 100],
};

/** The same for equal steps, tuned for PSNR; {@linkcode WEIGHTED_PIXEL_QUALITY} says where pixels are the default. */
export const PIXEL_QUALITY: QualityScale = { qualitySteps: [[1, 160], [81, 28], [100, 2.5]] };
