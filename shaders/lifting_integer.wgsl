// Put before wavelet_tile: the lifting steps in integers, reversible, as in lifting_float. Shifts floor.

alias Sample = i32;

/** 0: 5/3, 1: Haar. */
override WAVELET: u32 = 0u;

fn predict(step: u32, left: Sample, right: Sample) -> Sample {
  if (WAVELET == 0u) { return -((left + right) >> 1u); }
  return -left;
}

fn update(step: u32, left: Sample, right: Sample) -> Sample {
  if (WAVELET == 0u) { return (left + right + 2) >> 2u; }
  return right >> 1u;
}

fn normalised(value: Sample, lows: i32) -> Sample {
  return value;
}
