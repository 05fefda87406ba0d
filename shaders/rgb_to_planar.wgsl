// Pixels in: u8, divided by 255 (`bytes`), or f32 (`floats`), (n, H, W, 3) → f32 (n, 3, h, w), h ≥ H, w ≥ W,
// value · scale + shift, last row and column repeated. Items are places of the result, (n, h, w).
//
// 0 source      array<u32>: four samples each (sourceOffset in bytes), or the bits of an f32
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

/** Index of red of the pixel that place `i` of the result shows. */
fn pixelStart(i: u32) -> u32 {
  let plane = parameters.resultWidth * parameters.resultHeight;
  let place = i % plane;
  let x = min(place % parameters.resultWidth, parameters.sourceWidth - 1u);
  let y = min(place / parameters.resultWidth, parameters.sourceHeight - 1u);
  return parameters.sourceOffset + 3u * ((i / plane * parameters.sourceHeight + y) * parameters.sourceWidth + x);
}

fn write(i: u32, channel: u32, value: f32) {
  let plane = parameters.resultWidth * parameters.resultHeight;
  result[parameters.resultOffset + (3u * (i / plane) + channel) * plane + i % plane] = value;
}

@compute @workgroup_size(256)
fn bytes(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let start = pixelStart(i);
  let scale = parameters.scale / 255.0;
  for (var channel = 0u; channel < 3u; channel++) {
    write(i, channel, f32(byteAt(start + channel)) * scale + parameters.shift);
  }
}

@compute @workgroup_size(256)
fn floats(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let i = itemIndex(workgroup, invocation, workgroups);
  if (i >= parameters.itemCount) { return; }
  let start = pixelStart(i);
  for (var channel = 0u; channel < 3u; channel++) {
    write(i, channel, bitcast<f32>(source[start + channel]) * parameters.scale + parameters.shift);
  }
}
