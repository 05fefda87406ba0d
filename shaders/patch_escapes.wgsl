// Replaces coefficients: multiple · step, where a symbol could not say it. Items are escapes.
//
// 0 source      array<Escape>
// 1 result      array<f32>   (n, sliceCount)
// 2 parameters
// 3 bands       array<Band>, factors are steps

struct Parameters {
  itemCount: u32,
  resultOffset: u32,
  sliceCount: u32,
}

struct Escape {
  index: u32,
  multiple: i32,
}

@group(0) @binding(0) var<storage, read_write> source: array<Escape>;
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
  let escape = source[i];
  result[parameters.resultOffset + escape.index] =
    f32(escape.multiple) * bands[bandOf(escape.index % parameters.sliceCount)].factor;
}
