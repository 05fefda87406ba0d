// One level of the forward transform: planes → LL, HL, LH, HH. Rows first, as on the CPU. Bindings: see wavelet_tile;
// workgroups (⌈width / 32⌉, ⌈height / 32⌉, n · channels).

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let plane = workgroup.z;
  let origin = workgroup.xy * TILE;
  let margin = marginOf();
  let side = TILE + 2u * margin;
  let start = parameters.planesOffset + plane * parameters.width * parameters.height;
  for (var i = invocation; i < side * side; i += INVOCATIONS) {
    let local = vec2u(i % side, i / side);
    let x = mirrored(i32(origin.x + local.x) - i32(margin), parameters.width);
    let y = mirrored(i32(origin.y + local.y) - i32(margin), parameters.height);
    tile[local.y * MAX_SIDE + local.x] = planes[start + y * parameters.width + x];
  }
  workgroupBarrier();
  if (parameters.width > 1u) {
    for (var step = 0u; step < stepsOf(); step++) {
      lift(invocation, origin, true, 1u, step, false);
      lift(invocation, origin, true, 0u, step, false);
    }
  }
  if (parameters.height > 1u) {
    for (var step = 0u; step < stepsOf(); step++) {
      lift(invocation, origin, false, 1u, step, false);
      lift(invocation, origin, false, 0u, step, false);
    }
  }
  for (var i = invocation; i < TILE * TILE; i += INVOCATIONS) {
    // A quarter of the tile a band, so that neighbouring invocations write neighbouring coefficients.
    let kind = i / (TILE * TILE / 4u);
    let within = i % (TILE * TILE / 4u);
    let local = 2u * vec2u(within % (TILE / 2u), within / (TILE / 2u)) + vec2u(kind & 1u, kind >> 1u);
    let place = origin + local;
    if (place.x >= parameters.width || place.y >= parameters.height) { continue; }
    let value = normalised(tile[(local.y + margin) * MAX_SIDE + local.x + margin], lowsAt(place));
    let half = place / 2u;
    let bandWidth = (parameters.width + 1u - (kind & 1u)) / 2u;
    let index = half.y * bandWidth + half.x;
    if (kind == 0u && parameters.lowIsPacked == 0u) {
      let lowHeight = (parameters.height + 1u) / 2u;
      low[parameters.lowOffset + plane * bandWidth * lowHeight + index] = value;
    } else {
      packed[bandStart(plane, kind) + index] = value;
    }
  }
}
