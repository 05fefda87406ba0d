import { BitstreamError } from "../../core/mod.ts";
import { bandLayout } from "../../entropy/bands.ts";
import { decodeSections } from "../../entropy/decode_sections.ts";
import { EntropyError } from "../../entropy/errors.ts";

/**
 * Decodes the rows of integers of a small section before the streams.
 *
 * @param payload As the lossless predictor coded it: one channel without levels.
 * @param size Columns and rows.
 * @param what Name of the section's content, for the message.
 * @returns Row by row.
 * @throws {BitstreamError} `section-damaged`.
 */
export function decodeIntegers(
  payload: Uint8Array,
  size: { readonly width: number; readonly height: number },
  what: string,
): Int32Array {
  try {
    return decodeSections([payload], bandLayout({ ...size, channels: 1, levels: 0 }), { mode: "subband" });
  } catch (error) {
    if (!(error instanceof EntropyError)) throw error;
    throw damagedSection(what, `it must be intact (got: ${error.message})`);
  }
}

/** The error of a small section that no encoder writes. */
export function damagedSection(what: string, rule: string): BitstreamError {
  return new BitstreamError(
    "section-damaged",
    `Cannot read the ${what} of this .vaer file: ${rule}. Fetch the file again.`,
  );
}
