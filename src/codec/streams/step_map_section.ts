import { BitstreamError } from "../../core/mod.ts";
import { bandLayout } from "../../entropy/bands.ts";
import { decodeSections } from "../../entropy/decode_sections.ts";
import { EntropyError } from "../../entropy/errors.ts";
import { type ContainerSection, STEP_MAP_SECTION } from "../../format/mod.ts";
import { MAX_STEP_EXPONENT, type StepMap, stepMapSize } from "../../kernels/cpu/step_map.ts";

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
  const exponents = exponentsOf(section.payload, columns, rows);
  if (exponents.some((exponent) => Math.abs(exponent) > MAX_STEP_EXPONENT)) {
    throw damaged(`its exponents must be from -${MAX_STEP_EXPONENT} to ${MAX_STEP_EXPONENT} (got others)`);
  }
  return { columns, rows, exponents: Int8Array.from(exponents) };
}

function exponentsOf(payload: Uint8Array, columns: number, rows: number): Int32Array {
  try {
    const bands = bandLayout({ width: columns, height: rows, channels: 1, levels: 0 });
    return decodeSections([payload], bands, { mode: "subband" });
  } catch (error) {
    if (!(error instanceof EntropyError)) throw error;
    throw damaged(`it must be intact (got: ${error.message})`);
  }
}

function damaged(rule: string): BitstreamError {
  return new BitstreamError(
    "section-damaged",
    `Cannot read the step map of this .vaer file: ${rule}. Fetch the file again.`,
  );
}
