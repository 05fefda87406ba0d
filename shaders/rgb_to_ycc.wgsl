// u8 (n, H, W, 3) → (n, 3, H, W). `ycbcr`: f32, Y − 128, Cb, Cr of BT.601, full range. `ycocg`: i32, the reversible
// YCoCg-R of the samples over 2 · bound + 1. Items are pixels, (n, H, W); `plane` is H · W.
//
// 0 source      array<u32>, four samples each; sourceOffset in bytes
// 1 result      array<u32>, the bits of f32 or i32
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  plane: u32,
  bound: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> result: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

const RED: f32 = 0.299;
const GREEN: f32 = 0.587;
const BLUE: f32 = 0.114;

fn samplesOf(pixel: u32) -> vec3u {
  let start = parameters.sourceOffset + 3u * pixel;
  return vec3u(byteAt(start), byteAt(start + 1u), byteAt(start + 2u));
}

fn store(pixel: u32, planes: vec3u) {
  let to = parameters.resultOffset + (pixel / parameters.plane) * 3u * parameters.plane + pixel % parameters.plane;
  result[to] = planes.x;
  result[to + parameters.plane] = planes.y;
  result[to + 2u * parameters.plane] = planes.z;
}

@compute @workgroup_size(256)
fn ycbcr(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let rgb = vec3f(samplesOf(i));
  let luma = dot(rgb, vec3f(RED, GREEN, BLUE));
  let planes = vec3f(luma - 128.0, (rgb.b - luma) / (2.0 - 2.0 * BLUE), (rgb.r - luma) / (2.0 - 2.0 * RED));
  store(i, bitcast<vec3u>(planes));
}

@compute @workgroup_size(256)
fn ycocg(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let rgb = vec3i((samplesOf(i) + parameters.bound) / (2u * parameters.bound + 1u));
  let orange = rgb.r - rgb.b;
  let middle = rgb.b + (orange >> 1u);
  let green = rgb.g - middle;
  store(i, bitcast<vec3u>(vec3i(middle + (green >> 1u) - 128, orange, green)));
}
