// Pixels in: u8 (n, H, W, 3) → f32 (n, 3, h, w), h ≥ H, w ≥ W, value / 255 · scale + shift, last row and column
// repeated. Items are places of the result, (n, h, w).
//
// 0 source      array<u32>, four samples each; sourceOffset in bytes
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

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
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
  let plane = parameters.resultWidth * parameters.resultHeight;
  let slice = i / plane;
  let place = i % plane;
  let x = min(place % parameters.resultWidth, parameters.sourceWidth - 1u);
  let y = min(place / parameters.resultWidth, parameters.sourceHeight - 1u);
  let pixel = (slice * parameters.sourceHeight + y) * parameters.sourceWidth + x;
  let scale = parameters.scale / 255.0;
  for (var channel = 0u; channel < 3u; channel++) {
    let sample = f32(byteAt(parameters.sourceOffset + 3u * pixel + channel));
    result[parameters.resultOffset + (3u * slice + channel) * plane + place] = sample * scale + parameters.shift;
  }
}
