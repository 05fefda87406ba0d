// Put before wavelet_tile: the lifting steps in integers, reversible, as in lifting_float. Shifts floor.

alias Sample = i32;

override STEP_PAIRS: u32 = 1u;
override PREDICT_LEFT: i32 = 1;
override PREDICT_RIGHT: i32 = 1;
override UPDATE_LEFT: i32 = 1;
override UPDATE_RIGHT: i32 = 1;
override PREDICT_SIGN: i32 = -1;
override PREDICT_ROUND: i32 = 0;
override PREDICT_SHIFT: u32 = 0u;
override UPDATE_SIGN: i32 = 1;
override UPDATE_ROUND: i32 = 0;
override UPDATE_SHIFT: u32 = 0u;

fn predict(step: u32, left: Sample, right: Sample) -> Sample {
  return PREDICT_SIGN * ((PREDICT_LEFT * left + PREDICT_RIGHT * right + PREDICT_ROUND) >> PREDICT_SHIFT);
}

fn update(step: u32, left: Sample, right: Sample) -> Sample {
  return UPDATE_SIGN * ((UPDATE_LEFT * left + UPDATE_RIGHT * right + UPDATE_ROUND) >> UPDATE_SHIFT);
}

fn updateNeedsRight() -> bool { return UPDATE_LEFT == 0; }

fn normalised(value: Sample, lows: i32) -> Sample {
  return value;
}
