/**
 * The windowed statistics that SSIM and MS-SSIM share.
 *
 * Instead of the two pictures x and y, everything here takes their sum s = x + y and difference d = x − y. Means and
 * variances of x and y enter SSIM only through μx² + μy², 2·μx·μy, σx² + σy² and 2·σxy, and those are half the sum and
 * half the difference of the same moments of s and d. So four filtered planes do the work of five.
 *
 * @module
 */

/** Taps and standard deviation of the Gaussian window, in pixels (Wang et al. 2004). */
export const WINDOW_TAPS = 11;
const WINDOW_SIGMA = 1.5;
/** The stabilising constants (0.01·L)² and (0.03·L)² for 8-bit samples, L = 255. */
export const C1: number = (0.01 * 255) ** 2;
export const C2: number = (0.03 * 255) ** 2;

/** Sum and difference of one channel of two pictures. */
export interface PlanePair {
  /** x + y, row-major. Single precision holds all its values exactly, also after four poolings. */
  readonly sum: Float32Array;
  /** x − y, row-major. */
  readonly difference: Float32Array;
  /** Samples in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Means over all windows that lie wholly inside the picture. */
export interface SsimMeans {
  /** Of luminance × contrast × structure. */
  readonly ssim: number;
  /** Of contrast × structure alone. */
  readonly contrastStructure: number;
}

/** The normalised window. On a side shorter than 11 it is cut to the largest odd length that fits. */
export function gaussianWindow(side: number): Float64Array {
  const taps = side >= WINDOW_TAPS ? WINDOW_TAPS : side - 1 + side % 2;
  const middle = (taps - 1) / 2;
  const window = Float64Array.from(
    { length: taps },
    (_, i) => Math.exp(-((i - middle) ** 2) / (2 * WINDOW_SIGMA ** 2)),
  );
  const total = window.reduce((sum, weight) => sum + weight, 0);
  return window.map((weight) => weight / total);
}

/**
 * Mean SSIM of one channel.
 *
 * @param pair Sum and difference of the channel.
 * @returns The means.
 */
export function ssimMeans({ sum, difference, width, height }: PlanePair): SsimMeans {
  const across = gaussianWindow(width), down = gaussianWindow(height);
  const columns = width - across.length + 1, rows = height - down.length + 1;
  // A row of the four moments, filtered downwards: s, d, s², d².
  const s = new Float64Array(width), d = new Float64Array(width);
  const ss = new Float64Array(width), dd = new Float64Array(width);
  let ssimTotal = 0, csTotal = 0;
  for (let y = 0; y < rows; y++) {
    s.fill(0), d.fill(0), ss.fill(0), dd.fill(0);
    for (let k = 0; k < down.length; k++) {
      const weight = down[k], row = (y + k) * width;
      for (let x = 0; x < width; x++) {
        const a = sum[row + x], b = difference[row + x];
        const wa = weight * a, wb = weight * b;
        s[x] += wa;
        d[x] += wb;
        ss[x] += wa * a;
        dd[x] += wb * b;
      }
    }
    for (let x = 0; x < columns; x++) {
      let ms = 0, md = 0, mss = 0, mdd = 0;
      for (let k = 0; k < across.length; k++) {
        const weight = across[k];
        ms += weight * s[x + k];
        md += weight * d[x + k];
        mss += weight * ss[x + k];
        mdd += weight * dd[x + k];
      }
      const meanS2 = ms * ms, meanD2 = md * md;
      const varianceS = mss - meanS2, varianceD = mdd - meanD2;
      const cs = ((varianceS - varianceD) / 2 + C2) / ((varianceS + varianceD) / 2 + C2);
      const luminance = ((meanS2 - meanD2) / 2 + C1) / ((meanS2 + meanD2) / 2 + C1);
      csTotal += cs;
      ssimTotal += luminance * cs;
    }
  }
  const count = rows * columns;
  return { ssim: ssimTotal / count, contrastStructure: csTotal / count };
}
