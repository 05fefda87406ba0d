import type { CompressOptions, DecompressOptions } from "./options.ts";

/** What decoding one's own file needs. */
export function decodingOptions(
  { model, signal, workers, device }: CompressOptions,
): DecompressOptions {
  return {
    maxPixels: Infinity,
    maxMemoryBytes: Infinity,
    ...(model?.includes("/") && { model }),
    ...(device && { device }),
    ...(signal && { signal }),
    ...(workers !== undefined && { workers }),
  };
}
