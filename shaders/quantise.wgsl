// f32 coefficients (n, sliceCount) → multiples of each band's step, sign · ⌊|value / step| + rounding⌋; −2^31 stands for
// what an i32 cannot hold: NaN, infinities, 2^31 steps or more.
//
// `integers`: i32 each; items are coefficients. `symbols`: u8, four a word, q + 128 for |q| ≤ 127; others give 0 and
// are noted, in any order, as (index in the batch, q), as far as there is room: `escapeCount` counts them all. Items are
// words; a slice begins on a word.
//
// 0 source      array<f32>
// 1 result      array<u32>
// 2 parameters
// 3 bands       array<Band>, factors 1 / step
// 4 escapes     Escapes, `symbols` only; the count must be 0 before

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  sliceCount: u32,
  rounding: f32,
}

struct Escape {
  index: u32,
  multiple: i32,
}

struct Escapes {
  count: atomic<u32>,
  list: array<Escape>,
}

@group(0) @binding(0) var<storage, read_write> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@group(0) @binding(4) var<storage, read_write> escapes: Escapes;

/** Bits of 2^31 in single precision; those of larger magnitudes, infinities and NaN are greater. */
const BITS_OF_LIMIT: u32 = 0x4f000000u;
const MAGNITUDE_BITS: u32 = 0x7fffffffu;

/** Bits are compared: a compiler may assume that floats are finite. */
fn isBeyond(value: f32) -> bool {
  return (bitcast<u32>(value) & MAGNITUDE_BITS) >= BITS_OF_LIMIT;
}

fn isFinite(value: u32) -> bool {
  return (value & MAGNITUDE_BITS) < 0x7f800000u;
}

fn multipleAt(index: u32, inverseStep: f32) -> i32 {
  let value = source[parameters.sourceOffset + index];
  let scaled = value * inverseStep;
  if (!isFinite(bitcast<u32>(value)) || isBeyond(scaled)) { return -2147483647 - 1; }
  let magnitude = i32(floor(abs(scaled) + parameters.rounding));
  return select(magnitude, -magnitude, scaled < 0.0);
}

@compute @workgroup_size(256)
fn integers(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  result[i] = bitcast<u32>(multipleAt(i, bands[bandOf(i % parameters.sliceCount)].factor));
}

@compute @workgroup_size(256)
fn symbols(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let wordsOfSlice = (parameters.sliceCount + 3u) / 4u;
  let slice = i / wordsOfSlice;
  let first = (i % wordsOfSlice) * 4u;
  var band = bandOf(first);
  var word = 0u;
  for (var k = 0u; k < 4u; k++) {
    let inSlice = first + k;
    if (inSlice >= parameters.sliceCount) { break; }
    while (bands[band].end <= inSlice) { band++; }
    let index = slice * parameters.sliceCount + inSlice;
    let multiple = multipleAt(index, bands[band].factor);
    if (multiple >= -127 && multiple <= 127) {
      word |= u32(multiple + 128) << (8u * k);
    } else {
      let place = atomicAdd(&escapes.count, 1u);
      if (place < arrayLength(&escapes.list)) { escapes.list[place] = Escape(index, multiple); }
    }
  }
  result[i] = word;
}
