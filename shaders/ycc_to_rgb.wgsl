// The inverse of rgb_to_ycc: (n, 3, H, W) → f32 (n, H, W, 3) in [0, 1], clipped. Items are pixels, (n, H, W); `plane`
// is H · W.
//
// 0 source      array<u32>, the bits of f32 (`ycbcr`) or i32 (`ycocg`)
// 1 result      array<f32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  plane: u32,
  bound: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

const RED: f32 = 0.299;
const GREEN: f32 = 0.587;
const BLUE: f32 = 0.114;

fn planesOf(pixel: u32) -> vec3u {
  let start = parameters.sourceOffset + (pixel / parameters.plane) * 3u * parameters.plane + pixel % parameters.plane;
  return vec3u(source[start], source[start + parameters.plane], source[start + 2u * parameters.plane]);
}

fn store(pixel: u32, rgb: vec3f) {
  let to = parameters.resultOffset + 3u * pixel;
  let clipped = clamp(rgb / 255.0, vec3f(0.0), vec3f(1.0));
  result[to] = clipped.r;
  result[to + 1u] = clipped.g;
  result[to + 2u] = clipped.b;
}

@compute @workgroup_size(256)
fn ycbcr(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let planes = bitcast<vec3f>(planesOf(i));
  let luma = planes.x + 128.0;
  let blue = luma + (2.0 - 2.0 * BLUE) * planes.y;
  let red = luma + (2.0 - 2.0 * RED) * planes.z;
  store(i, vec3f(red, (luma - RED * red - BLUE * blue) / GREEN, blue));
}

@compute @workgroup_size(256)
fn ycocg(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let planes = bitcast<vec3i>(planesOf(i));
  let middle = planes.x + 128 - (planes.z >> 1u);
  let blue = middle - (planes.y >> 1u);
  let divisor = i32(2u * parameters.bound + 1u);
  store(i, vec3f(vec3i(blue + planes.y, planes.z + middle, blue) * divisor));
}
