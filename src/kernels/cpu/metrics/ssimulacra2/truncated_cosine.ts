/**
 * The low-pass filter of SSIMULACRA2: a Gaussian of σ = 1.5 approximated by three truncated cosines (Charalampidis,
 * "Recursive Implementation of the Gaussian Filter Using Truncated Cosine Functions", IEEE Trans. Signal Processing
 * 64(14), 2016).
 *
 * The impulse response is Σₖ βₖ·cos(ωₖ·n) for |n| < N, with ωₖ = k·π/(2N), k = 1, 3, 5. Each cosine obeys
 * y[n] = 2·cos ωₖ·y[n−1] − y[n−2] + cₖ·(x[n−N−1] + x[n+N−1]), which is how it is run. Outside the picture there are
 * zeros, and nothing is renormalised there.
 *
 * Why in single precision and recursive, where nine plain taps in double precision would be exact: the recursion does
 * not forget, so its rounding adds up along a row, and beside a small variance in a bright flat area (Kodak 20) it
 * moves the authors' score by up to half a point. Scores are only worth something beside other people's, so we round
 * where they round (a multiply-add rounds once).
 *
 * @module
 */

const SIGMA = 1.5;
/** N, the distance at which the response ends (the paper's equation 57, rounded): 5. */
const RADIUS = Math.round(3.2795 * SIGMA + 0.2546);

/** Per cosine: the input's factor cₖ, and 2·cos ωₖ; both are single-precision values. */
interface Recursion {
  readonly gain: readonly [number, number, number];
  readonly turn: readonly [number, number, number];
}

const RECURSION: Recursion = designRecursion();

/** Solves the paper's three conditions on β: unit sum, variance σ², and the Gaussian's spectrum at the ωₖ. */
function designRecursion(): Recursion {
  const omega = [1, 3, 5].map((k) => k * Math.PI / (2 * RADIUS));
  const sign = [1, -1, 1];
  const sum = omega.map((w, i) => sign[i] / Math.tan(w / 2)); // of one cosine's taps
  const moment = sum.map((p, i) => sign[i] * p * p / Math.sin(omega[i])); // enters the variance
  const spectrum = omega.map((w) => Math.exp(-0.5 * SIGMA ** 2 * w ** 2) / RADIUS);
  const minor = (i: number, j: number) => sum[i] * moment[j] - moment[i] * sum[j];
  const zeta1 = minor(1, 2) / minor(0, 1), zeta3 = minor(2, 0) / minor(0, 1);
  const beta = solve3(
    [sum, moment, [zeta1, zeta3, 1]],
    [1, RADIUS ** 2 - SIGMA ** 2, zeta1 * spectrum[0] + zeta3 * spectrum[1] + spectrum[2]],
  );
  const gain = (i: number) => Math.fround(-beta[i] * Math.cos(omega[i] * (RADIUS + 1)));
  const turn = (i: number) => Math.fround(2 * Math.cos(omega[i]));
  return { gain: [gain(0), gain(1), gain(2)], turn: [turn(0), turn(1), turn(2)] };
}

/** Solves a system of three equations by Cramer's rule. */
function solve3(rows: number[][], right: number[]): number[] {
  const determinant = ([a, b, c]: number[][]) =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0]);
  const whole = determinant(rows);
  return [0, 1, 2].map((column) =>
    determinant(rows.map((row, i) => row.map((value, j) => j === column ? right[i] : value))) / whole
  );
}

/**
 * Filters a plane in both directions.
 *
 * @param plane Row-major samples.
 * @param width Samples in a row.
 * @param height Rows.
 * @param out Receives the result; may not be `plane`.
 */
export function blurPlane(plane: Float32Array, width: number, height: number, out: Float32Array): void {
  const across = new Float32Array(width * height);
  blurRows(plane, width, height, across);
  blurColumns(across, width, height, out);
}

function blurRows(plane: Float32Array, width: number, height: number, out: Float32Array): void {
  const padded = new Float32Array(width + 4 * RADIUS); // zeros on both sides
  for (let row = 0; row < width * height; row += width) {
    padded.set(plane.subarray(row, row + width), 2 * RADIUS);
    blurRow(padded, out.subarray(row, row + width));
  }
}

/** A row, given with 2 · RADIUS zeros on both sides. */
function blurRow(padded: Float32Array, out: Float32Array): void {
  const round = Math.fround;
  const [gain1, gain3, gain5] = RECURSION.gain, [turn1, turn3, turn5] = RECURSION.turn;
  let a1 = 0, a3 = 0, a5 = 0, b1 = 0, b3 = 0, b5 = 0; // the last output of each cosine, and the one before
  for (let n = 1 - RADIUS; n < out.length; n++) {
    const input = round(padded[n + RADIUS - 1] + padded[n + 3 * RADIUS - 1]);
    const c1 = round(turn1 * a1 + round(gain1 * input - b1));
    const c3 = round(turn3 * a3 + round(gain3 * input - b3));
    const c5 = round(turn5 * a5 + round(gain5 * input - b5));
    if (n >= 0) out[n] = round(c1 + c3) + c5;
    b1 = a1, b3 = a3, b5 = a5;
    a1 = c1, a3 = c3, a5 = c5;
  }
}

/** As for rows, all columns side by side, so that memory is read in order. */
function blurColumns(plane: Float32Array, width: number, height: number, out: Float32Array): void {
  const states = Array.from({ length: 6 }, () => new Float32Array(width)), zeros = new Float32Array(width);
  const unused = new Float32Array(width);
  const rowAt = (y: number) => y >= 0 && y < height ? plane.subarray(y * width, (y + 1) * width) : zeros;
  for (let n = 1 - RADIUS; n < height; n++) {
    // Each row overwrites the oldest output of each cosine: the two sets take turns.
    const isOdd = n % 2 !== 0, last = isOdd ? 3 : 0, oldest = isOdd ? 0 : 3;
    blurAcross(
      rowAt(n - RADIUS - 1),
      rowAt(n + RADIUS - 1),
      states.slice(last, last + 3),
      states.slice(oldest, oldest + 3),
      n < 0 ? unused : out.subarray(n * width, (n + 1) * width),
    );
  }
}

/** One step of all columns. */
function blurAcross(
  above: Float32Array,
  below: Float32Array,
  [last1, last3, last5]: readonly Float32Array[],
  [next1, next3, next5]: readonly Float32Array[],
  out: Float32Array,
): void {
  const round = Math.fround;
  const [gain1, gain3, gain5] = RECURSION.gain, [turn1, turn3, turn5] = RECURSION.turn;
  for (let x = 0; x < out.length; x++) {
    const input = round(above[x] + below[x]);
    const c1 = round(turn1 * last1[x] + round(gain1 * input - next1[x]));
    const c3 = round(turn3 * last3[x] + round(gain3 * input - next3[x]));
    const c5 = round(turn5 * last5[x] + round(gain5 * input - next5[x]));
    next1[x] = c1;
    next3[x] = c3;
    next5[x] = c5;
    out[x] = round(c1 + c3) + c5;
  }
}
