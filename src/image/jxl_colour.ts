import { knownCicp } from "./cicp.ts";
import { codeOfGamma, codeOfPrimaries, curveOfTransfer, powerCurve } from "./colour_space.ts";
import type { JxlColour } from "./headers/jxl.ts";
import { makeProfile } from "./icc_profile.ts";
import type { PictureMetadata } from "./metadata_parts.ts";

/**
 * What a codestream's own description of its colours says: a record of code points, or else a profile of equal meaning.
 *
 * @param colour The description.
 * @returns Neither for sRGB; `undefined` for PQ and HLG with primaries that have no code point, which nothing can say.
 */
export function colourOfJxl(
  { primaries, transfer }: JxlColour,
): Pick<PictureMetadata, "cicp" | "icc"> | undefined {
  const primariesCode = codeOfPrimaries(primaries);
  const transferCode = "code" in transfer ? transfer.code : codeOfGamma(transfer.gamma);
  if (primariesCode !== undefined && transferCode !== undefined) {
    const cicp = knownCicp(primariesCode, transferCode, true);
    return cicp ? { cicp } : {};
  }
  const curve = "code" in transfer ? curveOfTransfer(transfer.code) : powerCurve(transfer.gamma);
  if (!curve) return undefined;
  const name = "code" in transfer ? `transfer ${transfer.code}` : `gamma ${transfer.gamma.toFixed(3)}`;
  const points = [primaries.white, ...primaries.rgb].map((point) => point.map((v) => v.toFixed(4)).join(" "));
  return { icc: makeProfile({ primaries, curve }, `JPEG XL, ${name}, ${points.join(", ")}`) };
}
