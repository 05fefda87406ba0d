import type { DecompressOptions } from "../options.ts";
import type { PlanSettings } from "./encoding_plan.ts";

/** What decoding one's own file needs. */
export function decodingOptions(
  { model, signal, workers, device, runtime }: PlanSettings,
): DecompressOptions {
  return {
    maxPixels: Infinity,
    maxMemoryBytes: Infinity,
    ...(model !== undefined && { model }),
    ...(device && { device }),
    ...(runtime && { runtime }),
    ...(signal && { signal }),
    ...(workers !== undefined && { workers }),
  };
}
