import type { CompressSettings, DecompressOptions } from "../options.ts";

/** What decoding one's own file needs. */
export function decodingOptions(
  { model, signal, workers, device, runtime }: CompressSettings,
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
