const WORKGROUP_SIZE = 256;
/** WebGPU's own limit, which every device has at least. */
const MAX_WORKGROUPS = 65_535;

/** A kernel's uniform: u32 fields, then f32 ones, as the structures in `shaders/` have them. */
export function parameters(
  integers: readonly number[],
  floats: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const words = integers.length + floats.length;
  const bytes = new ArrayBuffer(Math.ceil(words / 4) * 16);
  new Uint32Array(bytes).set(integers);
  new Float32Array(bytes).set(floats, integers.length);
  return new Uint8Array(bytes);
}

/** Workgroups for so many items, one an invocation: see `shaders/common.wgsl`. */
export function itemGroups(itemCount: number): [number, number, number] {
  const groups = Math.ceil(itemCount / WORKGROUP_SIZE), rows = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}
