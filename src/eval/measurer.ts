import type { Picture } from "../image/mod.ts";
import "../codec/all_parts.ts";
import { codecOf, type CodecSpec } from "./codec_spec.ts";
import type { EvalCodec } from "./codecs.ts";
import { measure, type Measurement } from "./measure.ts";
import { METRICS, type MetricTools } from "./metrics/mod.ts";
import { loadPicture } from "./pictures.ts";

/** One measurement to make. */
export interface MeasureRequest {
  /** With which codec. */
  readonly codec: CodecSpec;
  /** The codec's quality setting. */
  readonly setting: number;
  /** The picture's file. */
  readonly path: string;
  /** Metrics to compare by, of {@linkcode METRICS}, by `id`. */
  readonly metrics: readonly string[];
}

/** What a measurement gives. */
export interface Measured extends Measurement {
  /** Columns of the picture. */
  readonly width: number;
  /** Its rows. */
  readonly height: number;
}

/**
 * Makes measurements one after the other, and keeps the last picture for the next.
 *
 * @param tools The metrics' external programs.
 * @returns A function that makes one measurement.
 */
export function makeMeasurer(tools: MetricTools): (request: MeasureRequest) => Promise<Measured> {
  const codecs = new Map<string, EvalCodec>();
  let last: { readonly path: string; readonly picture: Picture } | undefined;
  return async ({ codec: spec, setting, path, metrics: ids }) => {
    const key = JSON.stringify(spec), codec = codecs.get(key) ?? codecOf(spec);
    codecs.set(key, codec);
    if (last?.path !== path) last = { path, picture: await (await loadPicture(path)).decode() };
    const { picture } = last, metrics = METRICS.filter(({ id }) => ids.includes(id));
    const measured = await measure(codec, picture, setting, metrics, tools);
    return { ...measured, width: picture.width, height: picture.height };
  };
}
