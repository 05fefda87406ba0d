import type { PyramidLayout, WaveletName } from "../core/mod.ts";
import type { QualityScale } from "../models/mod.ts";

/** Name and header number of the stream that needs no model: wavelet coefficients of the pixels themselves. */
export const PIXELS = { name: "pixels", id: 3 } as const;

/** Levels of decomposition of pixel streams, but for exact ones of the wide coder. */
export const PIXEL_LEVELS = 5;
/** Levels of exact streams of the wide coder: it predicts samples better than a wavelet does. */
export const EXACT_LEVELS = 0;
/** Wavelet of lossy pixel streams. */
export const LOSSY_WAVELET: WaveletName = "cdf97";
/** Wavelet of exact pixel streams. */
export const EXACT_WAVELET: WaveletName = "cdf53";

/** What lossy pixel streams of the static coder add before truncation: a dead zone a little wider than plain rounding's saves more than it costs. */
export const PIXEL_ROUNDING = 0.38;

/** Norm of what one unit of Y, Cb, Cr adds to (R, G, B), over that of Y. */
const CHANNEL_NORMS: readonly number[] = [1, 1.0423, 0.9084];

/** A factor on the step of each band, so that errors weigh alike in RGB. */
export function pixelGains(layout: PyramidLayout): number[] {
  return layout.bands.map(({ channel }) => 1 / CHANNEL_NORMS[channel]);
}

/** Qualities of pixel streams: base steps in 8-bit levels, and where they are the default. */
export const PIXEL_QUALITY: QualityScale = {
  qualitySteps: [[1, 160], [81, 28], [100, 2.5]],
  autoQuality: [81, 100],
};
