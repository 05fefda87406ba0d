import { type ContainerSection, STEP_MAP_SECTION } from "../../format/mod.ts";
import { MAX_STEP_EXPONENT, type StepMap, stepMapSize } from "../../kernels/cpu/step_map.ts";
import { damagedSection, decodeIntegers } from "./integer_section.ts";

/**
 * The map of a file of weighted steps; `undefined` if all its steps are the picture's. Errors: `BitstreamError`
 * ("section-damaged").
 *
 * @param picture Size in pixels.
 * @param sections Those before the streams, at least.
 */
export function readStepMap(
  picture: { readonly width: number; readonly height: number },
  sections: readonly ContainerSection[],
): StepMap | undefined {
  const section = sections.find(({ kind }) => kind === STEP_MAP_SECTION);
  if (!section) return undefined;
  const { columns, rows } = stepMapSize(picture);
  const exponents = decodeIntegers(section.payload, { width: columns, height: rows }, "step map");
  if (exponents.some((exponent) => Math.abs(exponent) > MAX_STEP_EXPONENT)) {
    const rule = `its exponents must be from -${MAX_STEP_EXPONENT} to ${MAX_STEP_EXPONENT} (got others)`;
    throw damagedSection("step map", rule);
  }
  return { columns, rows, exponents: Int8Array.from(exponents) };
}
