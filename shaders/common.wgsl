// Put before every kernel that works on one item an invocation.
//
// Workgroups of 256 lie in a plane, 65,535 at most along x: `itemIndex` counts through it. Kernels stop at
// `parameters.itemCount`.
//
// All buffers are bound read_write, also those a kernel only reads: source and result are ranges of one arena, and a
// buffer has one kind of use in a dispatch. Ranges begin on the device's alignment; `…Offset` is the way from there to
// the tensor, in elements of the binding unless it says bytes.

const WORKGROUP_SIZE: u32 = 256u;

fn itemIndex(workgroup: vec3u, invocation: u32, workgroups: vec3u) -> u32 {
  return (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP_SIZE + invocation;
}
