// Σ (source − shown as bytes)² over the samples, a part a workgroup: exact integers, since 4096 squares of bytes stay
// below 2^32. A workgroup of 256 takes 4096 samples in a row.
//
// 0 source      array<u32>, four u8 each, sourceOffset in bytes
// 1 shown       array<f32>, [0, 1]
// 2 result      array<u32>, one a workgroup
// 3 parameters

struct Parameters {
  sampleCount: u32,
  sourceOffset: u32,
  shownOffset: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> shown: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

const SAMPLES: u32 = 4096u;

var<workgroup> total: atomic<u32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let part = workgroup.y * workgroups.x + workgroup.x;
  var sum = 0u;
  for (var k = invocation; k < SAMPLES; k += WORKGROUP_SIZE) {
    let i = part * SAMPLES + k;
    if (i < parameters.sampleCount) {
      let byte = i32(floor(clamp(shown[parameters.shownOffset + i], 0.0, 1.0) * 255.0 + 0.5));
      let error = i32(byteAt(parameters.sourceOffset + i)) - byte;
      sum += u32(error * error);
    }
  }
  atomicAdd(&total, sum);
  workgroupBarrier();
  if (invocation == 0u && part * SAMPLES < parameters.sampleCount) { result[part] = atomicLoad(&total); }
}
