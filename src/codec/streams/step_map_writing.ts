import { bandLayout, encodeSections } from "../../entropy/mod.ts";
import { type ContainerSection, STEP_MAP_SECTION } from "../../format/mod.ts";
import type { StepMap } from "../../kernels/cpu/step_map.ts";

/** The section that keeps a map, none for one whose exponents are all 0. */
export function stepMapSections({ columns, rows, exponents }: StepMap): ContainerSection[] {
  if (exponents.every((exponent) => exponent === 0)) return [];
  const bands = bandLayout({ width: columns, height: rows, channels: 1, levels: 0 });
  const [payload] = encodeSections(Int32Array.from(exponents), bands, { mode: "subband" });
  return [{ kind: STEP_MAP_SECTION, payload }];
}
