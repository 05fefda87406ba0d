// Sum and difference of two pictures, which SSIM is made of: u8 (H, W, 3) and f32 (H, W, 3) in [0, 1] as bytes → planes
// f32 (2, 3, H, W), the sums, then the differences. Items are places, (3, H, W); `plane` is H · W.
//
// 0 source      array<u32>, four u8 each, sourceOffset in bytes
// 1 shown       array<f32>
// 2 result      array<f32>
// 3 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  shownOffset: u32,
  plane: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> shown: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let sample = 3u * (i % parameters.plane) + i / parameters.plane;
  let x = f32(byteAt(parameters.sourceOffset + sample));
  let y = floor(clamp(shown[parameters.shownOffset + sample], 0.0, 1.0) * 255.0 + 0.5);
  result[i] = x + y;
  result[parameters.itemCount + i] = x - y;
}
