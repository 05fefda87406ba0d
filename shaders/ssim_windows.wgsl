// SSIM of every window that lies wholly inside the picture, summed a workgroup: planes f32 (2, 3, H, W) of ssim_planes →
// (Σ luminance · contrast · structure, Σ contrast · structure). Workgroups of 16×16 windows, z is the channel; their
// places in the result count through (3, rows, columns).
//
// Moments are taken about the middle sample: single precision holds the variance of a bright flat window only so.
//
// 0 source      array<f32>
// 1 result      array<vec2f>, one a workgroup
// 2 parameters
// 3 weights     array<f32>, the window along x, then along y

struct Parameters {
  width: u32,
  height: u32,
  tapsX: u32,
  tapsY: u32,
}

@group(0) @binding(0) var<storage, read_write> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> result: array<vec2f>;
@group(0) @binding(2) var<uniform> parameters: Parameters;
@group(0) @binding(3) var<storage, read> weights: array<f32>;

/** (0.01 · 255)² and (0.03 · 255)². */
const C1: f32 = 6.5025;
const C2: f32 = 58.5225;

var<workgroup> parts: array<vec2f, 256>;

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let columns = parameters.width - parameters.tapsX + 1u;
  let rows = parameters.height - parameters.tapsY + 1u;
  let place = 16u * workgroup.xy + local.xy;
  var part = vec2f(0.0);
  if (place.x < columns && place.y < rows) {
    let plane = parameters.width * parameters.height;
    let sums = workgroup.z * plane + place.y * parameters.width + place.x;
    let differences = sums + 3u * plane;
    let middle = (parameters.tapsY / 2u) * parameters.width + parameters.tapsX / 2u;
    let centre = vec2f(source[sums + middle], source[differences + middle]);
    var mean = vec2f(0.0);
    var square = vec2f(0.0);
    for (var y = 0u; y < parameters.tapsY; y++) {
      for (var x = 0u; x < parameters.tapsX; x++) {
        let weight = weights[x] * weights[parameters.tapsX + y];
        let at = y * parameters.width + x;
        let value = vec2f(source[sums + at], source[differences + at]) - centre;
        mean += weight * value;
        square += weight * value * value;
      }
    }
    let variance = square - mean * mean;
    let meanSquare = (mean + centre) * (mean + centre);
    let structure = ((variance.x - variance.y) / 2.0 + C2) / ((variance.x + variance.y) / 2.0 + C2);
    let luminance = ((meanSquare.x - meanSquare.y) / 2.0 + C1) / ((meanSquare.x + meanSquare.y) / 2.0 + C1);
    part = vec2f(luminance * structure, structure);
  }
  parts[invocation] = part;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (invocation < half) { parts[invocation] += parts[invocation + half]; }
    workgroupBarrier();
  }
  if (invocation == 0u) {
    result[(workgroup.z * workgroups.y + workgroup.y) * workgroups.x + workgroup.x] = parts[0];
  }
}
