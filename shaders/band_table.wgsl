// Put before kernels whose factor depends on the subband. The table is sorted; empty bands end where they begin.
//
// 3 bands       array<Band>

struct Band {
  /** First coefficient after the band, in a slice. */
  end: u32,
  /** The quantiser's step, or one over it. */
  factor: f32,
}

@group(0) @binding(3) var<storage, read> bands: array<Band>;

/** Which band holds coefficient `i` of a slice. */
fn bandOf(i: u32) -> u32 {
  var first = 0u;
  var count = arrayLength(&bands);
  while (count > 1u) {
    let half = count / 2u;
    let skip = bands[first + half - 1u].end <= i;
    first = select(first, first + half, skip);
    count = select(half, count - half, skip);
  }
  return first;
}
