// f32 (n, 3, h, w) → f32 (n, H, W, 3), H ≤ h, W ≤ w: (value − shift) / scale, clipped to [0, 1], cropped to the top left.
// Items are pixels, (n, H, W).
//
// 0 source      array<f32>
// 1 result      array<f32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  sourceWidth: u32,
  sourceHeight: u32,
  resultWidth: u32,
  resultHeight: u32,
  scale: f32,
  shift: f32,
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
  let x = i % parameters.resultWidth;
  let row = i / parameters.resultWidth;
  let y = row % parameters.resultHeight;
  let slice = row / parameters.resultHeight;
  let plane = parameters.sourceWidth * parameters.sourceHeight;
  let start = parameters.sourceOffset + 3u * slice * plane + y * parameters.sourceWidth + x;
  for (var channel = 0u; channel < 3u; channel++) {
    let value = (source[start + channel * plane] - parameters.shift) * (1.0 / parameters.scale);
    result[parameters.resultOffset + 3u * i + channel] = clamp(value, 0.0, 1.0);
  }
}
