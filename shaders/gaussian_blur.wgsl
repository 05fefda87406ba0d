// One direction of a separable blur: u8 (`bytes`, divided by 255) or f32 (`floats`), (n, H, W, 3) → f32 (n, H, W, 3).
// Beyond an edge its last pixel is repeated. Items are samples.
//
// 0 source      array<u32>: four samples each (sourceOffset in bytes), or the bits of an f32
// 1 result      array<f32>
// 2 parameters
// 3 weights     array<f32>, an odd number of taps, the middle one on the sample itself

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  width: u32,
  height: u32,
  alongX: u32,
  radius: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@group(0) @binding(3) var<storage, read> weights: array<f32>;

/** Index of the sample `step` pixels away from sample `i`, in the direction of the pass. */
fn neighbour(i: u32, step: i32) -> u32 {
  let pixel = i / 3u;
  let row = pixel / parameters.width;
  let place = vec2i(i32(pixel % parameters.width), i32(row % parameters.height));
  let last = vec2i(i32(parameters.width) - 1, i32(parameters.height) - 1);
  let moved = clamp(place + select(vec2i(0, step), vec2i(step, 0), parameters.alongX == 1u), vec2i(0), last);
  return u32(i32(i) + 3 * ((moved.y - place.y) * i32(parameters.width) + moved.x - place.x));
}

@compute @workgroup_size(256)
fn bytes(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  var sum = 0.0;
  for (var k = 0u; k <= 2u * parameters.radius; k++) {
    let start = neighbour(i, i32(k) - i32(parameters.radius));
    sum += weights[k] * f32(byteAt(parameters.sourceOffset + start));
  }
  result[parameters.resultOffset + i] = sum / 255.0;
}

@compute @workgroup_size(256)
fn floats(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  var sum = 0.0;
  for (var k = 0u; k <= 2u * parameters.radius; k++) {
    let start = neighbour(i, i32(k) - i32(parameters.radius));
    sum += weights[k] * bitcast<f32>(source[parameters.sourceOffset + start]);
  }
  result[parameters.resultOffset + i] = sum;
}
