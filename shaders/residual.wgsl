// What a shown picture lacks, and adding it. `subtract`: u8 source − f32 [0, 1] as bytes → i16. `add`: f32 as bytes + i16
// → u8, clipped. All of one shape. Items are words of the result: two i16 or four u8.
//
// 0 source      array<u32>: four u8 each, sourceOffset in bytes; or two i16 each, sourceOffset in i16
// 1 shown       array<f32>
// 2 result      array<u32>
// 3 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  shownOffset: u32,
  resultOffset: u32,
  sampleCount: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> shown: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

/** A sample as the byte that a file shows. */
fn shownByte(i: u32) -> i32 {
  return i32(floor(clamp(shown[parameters.shownOffset + i], 0.0, 1.0) * 255.0 + 0.5));
}

@compute @workgroup_size(256)
fn subtract(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  var word = 0u;
  for (var k = 0u; k < 2u; k++) {
    let sample = 2u * i + k;
    if (sample >= parameters.sampleCount) { break; }
    let difference = i32(byteAt(parameters.sourceOffset + sample)) - shownByte(sample);
    word |= (bitcast<u32>(difference) & 0xffffu) << (16u * k);
  }
  result[parameters.resultOffset + i] = word;
}

@compute @workgroup_size(256)
fn add(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  var word = 0u;
  for (var k = 0u; k < 4u; k++) {
    let sample = 4u * i + k;
    if (sample >= parameters.sampleCount) { break; }
    let at = parameters.sourceOffset + sample;
    // Up and down again extends the sign.
    let difference = bitcast<i32>(source[at >> 1u] << (16u - 16u * (at & 1u))) >> 16u;
    word |= u32(clamp(shownByte(sample) + difference, 0, 255)) << (8u * k);
  }
  result[parameters.resultOffset + i] = word;
}
