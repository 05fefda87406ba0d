// One level of the inverse transform: LL, HL, LH, HH → planes. Columns first, as on the CPU. Bindings: see wavelet_tile;
// workgroups (⌈width / 32⌉, ⌈height / 32⌉, n · channels).

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let plane = workgroup.z;
  let origin = workgroup.xy * TILE;
  let margin = marginOf();
  let side = TILE + 2u * margin;
  let lowHeight = (parameters.height + 1u) / 2u;
  for (var i = invocation; i < side * side; i += INVOCATIONS) {
    let local = vec2u(i % side, i / side);
    // Mirroring keeps the parity: the bands are read as if they were interleaved.
    let place = vec2u(
      mirrored(i32(origin.x + local.x) - i32(margin), parameters.width),
      mirrored(i32(origin.y + local.y) - i32(margin), parameters.height),
    );
    let kind = (place.x & 1u) + 2u * (place.y & 1u);
    let half = place / 2u;
    let bandWidth = (parameters.width + 1u - (kind & 1u)) / 2u;
    let index = half.y * bandWidth + half.x;
    var value: Sample;
    if (kind == 0u && parameters.lowIsPacked == 0u) {
      value = low[parameters.lowOffset + plane * bandWidth * lowHeight + index];
    } else {
      value = packed[bandStart(plane, kind) + index];
    }
    tile[local.y * MAX_SIDE + local.x] = normalised(value, -lowsAt(place));
  }
  workgroupBarrier();
  if (parameters.height > 1u) {
    for (var step = stepsOf(); step > 0u; step--) {
      lift(invocation, origin, false, 0u, step - 1u, true);
      lift(invocation, origin, false, 1u, step - 1u, true);
    }
  }
  if (parameters.width > 1u) {
    for (var step = stepsOf(); step > 0u; step--) {
      lift(invocation, origin, true, 0u, step - 1u, true);
      lift(invocation, origin, true, 1u, step - 1u, true);
    }
  }
  let to = parameters.planesOffset + plane * parameters.width * parameters.height;
  for (var i = invocation; i < TILE * TILE; i += INVOCATIONS) {
    let local = vec2u(i % TILE, i / TILE);
    let place = origin + local;
    if (place.x >= parameters.width || place.y >= parameters.height) { continue; }
    planes[to + place.y * parameters.width + place.x] = tile[(local.y + margin) * MAX_SIDE + local.x + margin];
  }
}
