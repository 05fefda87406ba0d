// u8 symbols, four a word, a slice beginning on a word → f32 (n, sliceCount): (symbol − 128) · step. Items are
// coefficients.
//
// 0 source      array<u32>
// 1 result      array<f32>
// 2 parameters
// 3 bands       array<Band>, factors are steps

struct Parameters {
  itemCount: u32,
  resultOffset: u32,
  sliceCount: u32,
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
  let inSlice = i % parameters.sliceCount;
  let bytesOfSlice = 4u * ((parameters.sliceCount + 3u) / 4u);
  let symbol = byteAt((i / parameters.sliceCount) * bytesOfSlice + inSlice);
  result[parameters.resultOffset + i] = f32(i32(symbol) - 128) * bands[bandOf(inSlice)].factor;
}
