/**
 * One level of lifting along one axis, on a line of samples `stride` apart. Low samples end up first, high ones after
 * them, in a contiguous line. Boundaries extend symmetrically (5/3) or keep an odd last sample as it is (Haar).
 *
 * | | high | low | exact for integers because |
 * |---|---|---|---|
 * | 5/3 | o − (e + e′)/2 | e + (h′ + h)/4 | the inverse recomputes the same floored terms |
 * | Haar | o − e | e + h/2 | as above |
 *
 * Floats are rounded to single precision after every operation, as SIMD does. Integers floor: `>> 1`, and `(… + 2) >> 2`. The 5/3 is LeGall & Tabatabai 1988 in the lifting form of
 * Calderbank, Daubechies, Sweldens, Yeo 1998.
 */

/** Samples the lifting works on: single precision or integers. */
export type Samples = Float32Array | Int32Array;

/** A pair of one-dimensional transforms over a contiguous `line` of `count` interleaved samples. */
export interface Lifting {
  /** `line` → `out`: low samples at 0, high ones at ⌈count/2⌉. */
  forward(line: Samples, out: Samples, count: number): void;
  /** The inverse of `forward`. */
  inverse(line: Samples, out: Samples, count: number): void;
}

/** 5/3 in floats. */
export const CDF53_FLOAT: Lifting = {
  forward(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < high; i++) {
      const right = 2 * i + 2 < count ? line[2 * i + 2] : line[2 * i];
      out[low + i] = line[2 * i + 1] - 0.5 * Math.fround(line[2 * i] + right);
    }
    for (let i = 0; i < low; i++) {
      const before = out[low + (i > 0 ? i - 1 : 0)];
      const after = out[low + (i < high ? i : high - 1)];
      out[i] = line[2 * i] + 0.25 * Math.fround(before + after);
    }
  },
  inverse(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < low; i++) {
      const before = line[low + (i > 0 ? i - 1 : 0)];
      const after = line[low + (i < high ? i : high - 1)];
      out[2 * i] = line[i] - 0.25 * Math.fround(before + after);
    }
    for (let i = 0; i < high; i++) {
      const right = 2 * i + 2 < count ? out[2 * i + 2] : out[2 * i];
      out[2 * i + 1] = line[low + i] + 0.5 * Math.fround(out[2 * i] + right);
    }
  },
};

/** 5/3 in integers, reversible. */
export const CDF53_INTEGER: Lifting = {
  forward(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < high; i++) {
      const right = 2 * i + 2 < count ? line[2 * i + 2] : line[2 * i];
      out[low + i] = line[2 * i + 1] - ((line[2 * i] + right) >> 1);
    }
    for (let i = 0; i < low; i++) {
      const before = out[low + (i > 0 ? i - 1 : 0)];
      const after = out[low + (i < high ? i : high - 1)];
      out[i] = line[2 * i] + ((before + after + 2) >> 2);
    }
  },
  inverse(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < low; i++) {
      const before = line[low + (i > 0 ? i - 1 : 0)];
      const after = line[low + (i < high ? i : high - 1)];
      out[2 * i] = line[i] - ((before + after + 2) >> 2);
    }
    for (let i = 0; i < high; i++) {
      const right = 2 * i + 2 < count ? out[2 * i + 2] : out[2 * i];
      out[2 * i + 1] = line[low + i] + ((out[2 * i] + right) >> 1);
    }
  },
};

/** Haar in floats. */
export const HAAR_FLOAT: Lifting = {
  forward(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    for (let i = 0; i < high; i++) {
      const difference = Math.fround(line[2 * i + 1] - line[2 * i]);
      out[low + i] = difference;
      out[i] = line[2 * i] + 0.5 * difference;
    }
    if (low > high) out[high] = line[count - 1];
  },
  inverse(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    for (let i = 0; i < high; i++) {
      out[2 * i] = line[i] - 0.5 * line[low + i];
      out[2 * i + 1] = out[2 * i] + line[low + i];
    }
    if (low > high) out[count - 1] = line[high];
  },
};

/** Haar in integers (the S transform), reversible. */
export const HAAR_INTEGER: Lifting = {
  forward(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    for (let i = 0; i < high; i++) {
      const difference = line[2 * i + 1] - line[2 * i];
      out[low + i] = difference;
      out[i] = line[2 * i] + (difference >> 1);
    }
    if (low > high) out[high] = line[count - 1];
  },
  inverse(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    for (let i = 0; i < high; i++) {
      out[2 * i] = line[i] - (line[low + i] >> 1);
      out[2 * i + 1] = out[2 * i] + line[low + i];
    }
    if (low > high) out[count - 1] = line[high];
  },
};

/** The four lifting steps and the scales of the 9/7: Daubechies & Sweldens 1998. */
const CDF97_STEPS: readonly number[] = [
  -1.586134342059924,
  -0.052980118572961,
  0.882911075530934,
  0.443506852043971,
].map(Math.fround);
const CDF97_HIGH_SCALE = Math.fround(1.230174104914001);
const CDF97_LOW_SCALE = Math.fround(1 / 1.230174104914001);

/** 9/7 in floats; low samples keep the mean, so that norms of both wavelets compare. */
export const CDF97_FLOAT: Lifting = {
  forward(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < low; i++) out[i] = line[2 * i];
    for (let i = 0; i < high; i++) out[low + i] = line[2 * i + 1];
    for (let step = 0; step < 4; step += 2) {
      addToHigh(out, low, high, CDF97_STEPS[step]);
      addToLow(out, low, high, CDF97_STEPS[step + 1]);
    }
    for (let i = 0; i < low; i++) out[i] *= CDF97_LOW_SCALE;
    for (let i = low; i < count; i++) out[i] *= CDF97_HIGH_SCALE;
  },
  inverse(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < low; i++) line[i] *= CDF97_HIGH_SCALE;
    for (let i = low; i < count; i++) line[i] *= CDF97_LOW_SCALE;
    for (let step = 2; step >= 0; step -= 2) {
      addToLow(line, low, high, -CDF97_STEPS[step + 1]);
      addToHigh(line, low, high, -CDF97_STEPS[step]);
    }
    for (let i = 0; i < low; i++) out[2 * i] = line[i];
    for (let i = 0; i < high; i++) out[2 * i + 1] = line[low + i];
  },
};

/** high[i] += factor · (low[i] + low[i + 1]), mirrored at the end. */
function addToHigh(line: Samples, low: number, high: number, factor: number): void {
  for (let i = 0; i < high; i++) {
    const right = i + 1 < low ? line[i + 1] : line[i];
    line[low + i] += Math.fround(factor * Math.fround(line[i] + right));
  }
}

/** low[i] += factor · (high[i − 1] + high[i]), mirrored at both ends. */
function addToLow(line: Samples, low: number, high: number, factor: number): void {
  for (let i = 0; i < low; i++) {
    const before = line[low + Math.max(0, i - 1)], after = line[low + Math.min(i, high - 1)];
    line[i] += Math.fround(factor * Math.fround(before + after));
  }
}
