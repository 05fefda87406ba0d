// Put before wavelet_tile: the lifting steps in single precision.
//
// A step adds `predict` of the neighbours to each odd sample, then `update` of the neighbours to each even one; the
// inverse subtracts them in the opposite order. 5/3 and Haar round as the CPU's kernels do, to the bit.

alias Sample = f32;

/** 0: 5/3, 1: Haar, 2: 9/7. */
override WAVELET: u32 = 0u;

const ALPHA: f32 = -1.586134342059924;
const BETA: f32 = -0.052980118572961;
const GAMMA: f32 = 0.882911075530934;
const DELTA: f32 = 0.443506852043971;
const LOW_SCALE: f32 = 1.230174104914001;

fn predict(step: u32, left: Sample, right: Sample) -> Sample {
  if (WAVELET == 0u) { return -0.5 * (left + right); }
  if (WAVELET == 1u) { return -left; }
  return select(GAMMA, ALPHA, step == 0u) * (left + right);
}

fn update(step: u32, left: Sample, right: Sample) -> Sample {
  if (WAVELET == 0u) { return 0.25 * (left + right); }
  if (WAVELET == 1u) { return 0.5 * right; }
  return select(DELTA, BETA, step == 0u) * (left + right);
}

/** What a coefficient is worth in the packed pyramid; `lows` counts the directions in which it is low, less the highs. */
fn normalised(value: Sample, lows: i32) -> Sample {
  if (WAVELET != 2u || lows == 0) { return value; }
  let factor = select(LOW_SCALE, 1.0 / LOW_SCALE, lows > 0);
  return select(value * factor, value * factor * factor, abs(lows) == 2);
}
