// Put before wavelet_forward and wavelet_inverse, after a lifting: one level, both directions at once, on tiles of
// workgroup memory.
//
// A workgroup of 16×16 makes a tile of 32×32 samples from one with a margin, whose samples beyond the picture are
// mirrored about its first and last one. Lifting keeps that symmetry, so borders need no case of their own: only sides of
// one sample, which stay as they are, and Haar's last sample of an odd number, which has no partner.
//
// Planes count through (n, channels). Packed coefficients of a level and channel, after those of all coarser levels
// (the first channels · lowWidth · lowHeight): HL of all channels, LH, HH. See `PyramidLayout`.
//
// 0 planes      array<Sample>   (n, channels, height, width): forward reads, inverse writes
// 1 packed      array<Sample>   (n, packedStride)
// 2 low         array<Sample>   (n, channels, lowHeight, lowWidth), unless `lowIsPacked`: then LL is in `packed`
// 3 parameters

struct Parameters {
  width: u32,
  height: u32,
  channels: u32,
  planesOffset: u32,
  packedOffset: u32,
  packedStride: u32,
  lowOffset: u32,
  lowIsPacked: u32,
}

@group(0) @binding(0) var<storage, read_write> planes: array<Sample>;
@group(0) @binding(1) var<storage, read_write> packed: array<Sample>;
@group(0) @binding(2) var<storage, read_write> low: array<Sample>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

const TILE: u32 = 32u;
const MAX_SIDE: u32 = 40u;
const INVOCATIONS: u32 = 256u;

var<workgroup> tile: array<Sample, 1600>;

/** Samples around a tile that its lifting looks at: two a step, and even, so that parities agree. */
fn marginOf() -> u32 { return 2u * STEP_PAIRS; }

fn stepsOf() -> u32 { return STEP_PAIRS; }

/** Index of the sample that stands for index `i` of a line of `count`. */
fn mirrored(i: i32, count: u32) -> u32 {
  let last = i32(count) - 1;
  if (last == 0) { return 0u; }
  let turn = abs(i) % (2 * last);
  return u32(select(turn, 2 * last - turn, turn > last));
}

/** Whether the sample at `index` of a line of `count` has nothing to pair with. */
fn isAlone(index: u32, count: u32) -> bool {
  return updateNeedsRight() && (count & 1u) == 1u && index == count - 1u;
}

/** Adds (or takes away) a step's term at every second sample of every line, from the first of `parity`. */
fn lift(invocation: u32, origin: vec2u, alongX: bool, parity: u32, step: u32, inverse: bool) {
  let side = TILE + 2u * marginOf();
  let half = side / 2u;
  let stride = select(MAX_SIDE, 1u, alongX);
  let lineStride = select(1u, MAX_SIDE, alongX);
  let count = select(parameters.height, parameters.width, alongX);
  let start = select(origin.y, origin.x, alongX);
  for (var i = invocation; i < side * half; i += INVOCATIONS) {
    // Neighbouring invocations work on neighbouring addresses in both directions.
    let line = select(i % side, i / half, alongX);
    let place = 2u * select(i / side, i % half, alongX) + parity;
    if (place == 0u || place + 1u >= side) { continue; }
    let at = line * lineStride + place * stride;
    let left = tile[at - stride];
    let right = tile[at + stride];
    var term: Sample;
    if (parity == 1u) {
      term = predict(step, left, right);
    } else {
      term = update(step, left, right);
      if (isAlone(start + place - marginOf(), count)) { continue; }
    }
    if (inverse) { tile[at] -= term; } else { tile[at] += term; }
  }
  workgroupBarrier();
}

/** First coefficient of a band of this level. `kind`: 0 LL, 1 HL, 2 LH, 3 HH. */
fn bandStart(plane: u32, kind: u32) -> u32 {
  let lowWidth = (parameters.width + 1u) / 2u;
  let lowHeight = (parameters.height + 1u) / 2u;
  let highWidth = parameters.width / 2u;
  let highHeight = parameters.height / 2u;
  let channels = parameters.channels;
  let channel = plane % channels;
  var start = parameters.packedOffset + (plane / channels) * parameters.packedStride;
  if (kind == 0u) { return start + channel * lowWidth * lowHeight; }
  start += channels * lowWidth * lowHeight;
  if (kind == 1u) { return start + channel * highWidth * lowHeight; }
  start += channels * highWidth * lowHeight;
  if (kind == 2u) { return start + channel * lowWidth * highHeight; }
  return start + channels * lowWidth * highHeight + channel * highWidth * highHeight;
}

/** Directions in which the sample at `place` is low, less those in which it is high; sides of one sample count for none. */
fn lowsAt(place: vec2u) -> i32 {
  let x = select(select(1, -1, (place.x & 1u) == 1u), 0, parameters.width == 1u);
  let y = select(select(1, -1, (place.y & 1u) == 1u), 0, parameters.height == 1u);
  return x + y;
}
