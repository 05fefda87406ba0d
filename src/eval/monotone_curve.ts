/** A function through given points, never overshooting them, defined between the first and the last. */
export type Curve = (x: number) => number;

/** How to go from one point to the next. */
export type Interpolation = "pchip" | "linear";

/**
 * Interpolates points.
 *
 * `pchip` is the piecewise cubic of Fritsch and Carlson (SIAM J. Numer. Anal. 17(2), 1980) with Brodlie's slopes, as in
 * SciPy's `PchipInterpolator`: smooth, and monotone where the points are.
 *
 * @param xs Strictly increasing, at least one.
 * @param ys As many values.
 * @param interpolation The kind; `pchip` by default.
 * @returns The function; outside the points it keeps the first or last value.
 */
export function interpolate(
  xs: readonly number[],
  ys: readonly number[],
  interpolation: Interpolation = "pchip",
): Curve {
  const last = xs.length - 1;
  const widths = xs.slice(1).map((x, i) => x - xs[i]);
  const secants = widths.map((width, i) => (ys[i + 1] - ys[i]) / width);
  const slopes = interpolation === "pchip" && last > 1 ? pchipSlopes(widths, secants) : undefined;
  return (x) => {
    if (x <= xs[0]) return ys[0];
    if (x >= xs[last]) return ys[last];
    let i = 0;
    while (x > xs[i + 1]) i++;
    const h = widths[i], t = (x - xs[i]) / h;
    if (!slopes) return ys[i] + (ys[i + 1] - ys[i]) * t;
    // Hermite's cubic, nested from the left point.
    const bend = 3 * secants[i] - 2 * slopes[i] - slopes[i + 1];
    const twist = slopes[i] + slopes[i + 1] - 2 * secants[i];
    return ys[i] + h * t * (slopes[i] + t * (bend + t * twist));
  };
}

/** Slopes at the points: a weighted harmonic mean of the neighbouring secants, 0 where they differ in sign. */
function pchipSlopes(widths: readonly number[], secants: readonly number[]): number[] {
  const inner = secants.slice(1).map((right, i) => {
    const left = secants[i];
    if (left * right <= 0) return 0;
    const w1 = 2 * widths[i + 1] + widths[i], w2 = widths[i + 1] + 2 * widths[i];
    return (w1 + w2) / (w1 / left + w2 / right);
  });
  const n = secants.length;
  return [
    endSlope(widths[0], widths[1], secants[0], secants[1]),
    ...inner,
    endSlope(widths[n - 1], widths[n - 2], secants[n - 1], secants[n - 2]),
  ];
}

/** A one-sided three-point slope, held back so that the end does not overshoot. */
function endSlope(h0: number, h1: number, secant0: number, secant1: number): number {
  const slope = ((2 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1);
  if (slope * secant0 <= 0) return 0;
  if (secant0 * secant1 <= 0 && Math.abs(slope) > 3 * Math.abs(secant0)) return 3 * secant0;
  return slope;
}
