// Put before wavelet_tile: the lifting steps in single precision.
//
// A step pair adds `predict` of the neighbours to each odd sample, then `update` of the neighbours to each even one; the
// inverse subtracts them in the opposite order. The constants come from the descriptions in src/wavelets/.

alias Sample = f32;

override STEP_PAIRS: u32 = 1u;
/** 1 where a step reads the neighbour on this side, else 0. */
override PREDICT_LEFT: f32 = 1.0;
override PREDICT_RIGHT: f32 = 1.0;
override UPDATE_LEFT: f32 = 1.0;
override UPDATE_RIGHT: f32 = 1.0;
/** Weights of the steps of the first and of the second pair. */
override PREDICT_0: f32 = 0.0;
override UPDATE_0: f32 = 0.0;
override PREDICT_1: f32 = 0.0;
override UPDATE_1: f32 = 0.0;
override HIGH_SCALE: f32 = 1.0;

fn predict(step: u32, left: Sample, right: Sample) -> Sample {
  return select(PREDICT_1, PREDICT_0, step == 0u) * (PREDICT_LEFT * left + PREDICT_RIGHT * right);
}

fn update(step: u32, left: Sample, right: Sample) -> Sample {
  return select(UPDATE_1, UPDATE_0, step == 0u) * (UPDATE_LEFT * left + UPDATE_RIGHT * right);
}

/** Whether a low sample reads only the neighbour after it. */
fn updateNeedsRight() -> bool { return UPDATE_LEFT == 0.0; }

/** What a coefficient is worth in the packed pyramid; `lows` counts the directions in which it is low, less the highs. */
fn normalised(value: Sample, lows: i32) -> Sample {
  if (HIGH_SCALE == 1.0 || lows == 0) { return value; }
  let factor = select(HIGH_SCALE, 1.0 / HIGH_SCALE, lows > 0);
  return select(value * factor, value * factor * factor, abs(lows) == 2);
}
