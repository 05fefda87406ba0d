// f32 (n, 4, h, w) → f32 (n, 4, h, w): ½ [[1,1,1,1],[1,1,−1,−1],[1,−1,−1,1],[1,−1,1,−1]] over the four channels of each
// place; its own inverse. In the order of the CPU's kernel, so that both give the same bits. Items are places, (n, h, w);
// `plane` is h · w.
//
// 0 source      array<f32>
// 1 result      array<f32>
// 2 parameters

struct Parameters {
  itemCount: u32,
  sourceOffset: u32,
  resultOffset: u32,
  plane: u32,
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
  let plane = parameters.plane;
  let place = (i / plane) * 4u * plane + i % plane;
  let start = parameters.sourceOffset + place;
  let channels = vec4f(source[start], source[start + plane], source[start + 2u * plane], source[start + 3u * plane]);
  let sums = channels.xz + channels.yw;
  let differences = channels.xz - channels.yw;
  let rotated = 0.5 * vec4f(
    sums.x + sums.y,
    sums.x - sums.y,
    differences.x - differences.y,
    differences.x + differences.y,
  );
  let to = parameters.resultOffset + place;
  result[to] = rotated.x;
  result[to + plane] = rotated.y;
  result[to + 2u * plane] = rotated.z;
  result[to + 3u * plane] = rotated.w;
}
