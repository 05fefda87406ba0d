// Halves both sides of planes by averaging 2×2 samples: f32 (n, H, W) → f32 (n, ⌈H/2⌉, ⌈W/2⌉). An odd side has one zero
// before its first sample, which counts. Items are places of the result.
//
// 0 source      array<f32>
// 1 result      array<f32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  width: u32,
  height: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let width = (parameters.width + 1u) / 2u;
  let height = (parameters.height + 1u) / 2u;
  let x = 2u * (i % width) + 1u - parameters.width % 2u;
  let y = 2u * (i / width % height) + 1u - parameters.height % 2u;
  let start = (i / (width * height)) * parameters.width * parameters.height + y * parameters.width + x;
  var total = source[start];
  if (x > 0u) { total += source[start - 1u]; }
  if (y > 0u) {
    total += source[start - parameters.width];
    if (x > 0u) { total += source[start - parameters.width - 1u]; }
  }
  result[i] = total / 4.0;
}
