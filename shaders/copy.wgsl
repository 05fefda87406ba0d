// Copies 32-bit words; items are words.
//
// 0 source      array<u32>
// 1 result      array<u32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
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
  result[parameters.resultOffset + i] = source[parameters.sourceOffset + i];
}
