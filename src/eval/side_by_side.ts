import type { Picture } from "../image/mod.ts";
import type { EvalCodec } from "./codecs.ts";
import { encodeWithin } from "./equal_bytes.ts";
import type { FileCache } from "./file_cache.ts";
import { scoresOf, warmUp } from "./measure.ts";
import type { Metric, MetricTools, Scores } from "./metrics/mod.ts";

/** One codec's file of a picture, beside the others'. */
export interface ShownFile {
  /** The codec's name. */
  readonly codec: string;
  /** Its setting; absent when it aimed at the bytes. */
  readonly setting?: number;
  /** The file. */
  readonly file: Uint8Array;
  /** The file, decoded. */
  readonly decoded: Picture;
  /** Values of the metrics. */
  readonly scores: Scores;
}

/** A picture as all codecs show it in as many bytes. */
export interface SideBySide {
  /** The picture's name. */
  readonly name: string;
  /** The source. */
  readonly source: Picture;
  /** Bits a pixel that none may exceed, if it can. */
  readonly bpp: number;
  /** The same in bytes. */
  readonly limit: number;
  /** A file a codec. */
  readonly files: readonly ShownFile[];
}

/** Options of {@linkcode sideBySide}. */
export interface SideBySideOptions {
  /** What to compare by. */
  readonly metrics: readonly Metric[];
  /** Their external programs. */
  readonly tools: MetricTools;
  /** Where encoded files are kept. */
  readonly cache: FileCache;
  /** Sizes that a codec's settings are known to give for this picture. */
  readonly knownBytes?: (codec: EvalCodec) => ReadonlyMap<number, number>;
}

/**
 * Encodes a picture with all codecs to at most so many bits a pixel.
 *
 * @param picture Its name, hash and samples.
 * @param codecs The codecs.
 * @param bpp Most bits a pixel.
 * @param options Metrics, cache and known sizes.
 * @returns What each makes of it.
 */
export async function sideBySide(
  picture: { readonly name: string; readonly sha256: string; readonly source: Picture },
  codecs: readonly EvalCodec[],
  bpp: number,
  { metrics, tools, cache, knownBytes }: SideBySideOptions,
): Promise<SideBySide> {
  const { name, sha256, source } = picture;
  const limit = Math.floor(bpp * source.width * source.height / 8);
  const files: ShownFile[] = [];
  for (const codec of codecs) {
    // One setting tells the codec's version well enough: a search goes over all of them.
    const key = [sha256, codec.name, await warmUp(codec, 50)];
    const { encodeTo } = codec;
    const kept: EvalCodec = {
      ...codec,
      ...(encodeTo && {
        encodeTo: (_, bytes) => cache.get([...key, `${bytes}B`], () => encodeTo(source, bytes)),
      }),
    };
    const known = knownBytes?.(codec);
    const result = await encodeWithin(kept, source, limit, {
      encode: (setting) => cache.get([...key, setting], () => codec.encode(source, setting)),
      ...(known && { known }),
    });
    const decoded = await codec.decode(result.file);
    const scores = await scoresOf(source, decoded, metrics, tools);
    files.push({ codec: codec.name, ...result, decoded, scores });
  }
  return { name, source, bpp, limit, files };
}
