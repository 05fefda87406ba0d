import { DEFAULT_EFFORT } from "../../../entropy/mod.ts";
import { refiningPasses } from "../../options.ts";
import { encodeFor } from "../encode_for_target.ts";
import { EncoderPool } from "../encoder_pool.ts";
import { isUnreachable } from "../selection.ts";
import { verifyLossy } from "../verify_lossy.ts";
import type { GraphicsFile, GraphicsJob } from "./best_file.ts";
import type { LayeredPicture } from "./graphics_layer.ts";

/** The file of a layer above a photographic stream, made for the target; `undefined` if none is as small as the target asks for. */
export async function layeredFile(
  { layer, below }: LayeredPicture,
  { own, target, measures, options }: GraphicsJob,
): Promise<GraphicsFile | undefined> {
  const pool = new EncoderPool(below, options, undefined, layer);
  try {
    const encoder = await pool.get(own.name), passes = refiningPasses(options.effort ?? DEFAULT_EFFORT);
    if (passes > 0 && encoder.plan.refinable) await encoder.refine({ stepCode: own.stepCode, passes });
    const file = target.kind === "quality"
      ? await encoder.encode(own.stepCode, Math.round(target.value))
      : (await encodeFor({ target }, encoder, measures, own.stepCode)).file;
    return { file, isLayered: true, verify: () => verifyLossy(file, encoder, measures) };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return undefined;
  } finally {
    pool.close();
  }
}
