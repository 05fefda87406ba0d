// Part of planes: words (n, H, W) → (n, h, w), the top left at (x, y). Items are places of the result.
//
// 0 source      array<u32>
// 1 result      array<u32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  sourceWidth: u32,
  sourceHeight: u32,
  resultWidth: u32,
  resultHeight: u32,
  x: u32,
  y: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
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
  let column = i % parameters.resultWidth;
  let line = i / parameters.resultWidth;
  let plane = line / parameters.resultHeight;
  let row = plane * parameters.sourceHeight + line % parameters.resultHeight + parameters.y;
  result[parameters.resultOffset + i] =
    source[parameters.sourceOffset + row * parameters.sourceWidth + column + parameters.x];
}
