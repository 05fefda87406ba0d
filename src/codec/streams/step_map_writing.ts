import { type ContainerSection, STEP_MAP_SECTION } from "../../format/mod.ts";
import type { StepMap } from "../../kernels/cpu/step_map.ts";
import { encodeIntegers } from "./integer_writing.ts";

/** The section that keeps a map, none for one whose exponents are all 0. */
export function stepMapSections({ columns, rows, exponents }: StepMap): ContainerSection[] {
  if (exponents.every((exponent) => exponent === 0)) return [];
  const payload = encodeIntegers(Int32Array.from(exponents), { width: columns, height: rows });
  return [{ kind: STEP_MAP_SECTION, payload }];
}
