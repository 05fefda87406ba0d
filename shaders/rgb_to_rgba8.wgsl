// Pixels out: f32 (…, 3) in [0, 1] → u8 (…, 4), 255 · value to the nearest, alpha 255. Items are pixels.
//
// 0 source      array<f32>
// 1 result      array<u32>, a pixel each, red lowest
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let start = parameters.sourceOffset + 3u * i;
  let samples = vec3u(vec3f(source[start], source[start + 1u], source[start + 2u]) * 255.0 + 0.5);
  result[parameters.resultOffset + i] = samples.r | (samples.g << 8u) | (samples.b << 16u) | 0xff000000u;
}
