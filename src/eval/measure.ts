import type { Picture } from "../image/mod.ts";
import { sha256Hex } from "../models/sha256.ts";
import type { EvalCodec } from "./codecs.ts";
import type { Metric, MetricTools, Scores } from "./metrics/mod.ts";

/** Size, time and similarity of one picture coded by one codec at one setting. */
export interface Measurement {
  /** The file's length. */
  readonly bytes: number;
  /** Bits per pixel of the whole file. */
  readonly bpp: number;
  /** Values of the metrics. */
  readonly scores: Scores;
  /** Wall time of encoding, the library being loaded. */
  readonly encodeMs: number;
  /** Wall time of decoding. */
  readonly decodeMs: number;
}

/**
 * Encodes, decodes and compares one picture.
 *
 * @param codec The codec.
 * @param picture The source, opaque.
 * @param quality The codec's setting.
 * @param metrics What to compare by.
 * @param tools The metrics' external programs.
 * @returns The figures.
 * @throws What the codec or a metric throws; RangeError when the codec returns a picture of another size.
 */
export async function measure(
  codec: EvalCodec,
  picture: Picture,
  quality: number,
  metrics: readonly Metric[],
  tools: MetricTools,
): Promise<Measurement> {
  const started = performance.now();
  const file = await codec.encode(picture, quality);
  const encoded = performance.now();
  const decoded = await codec.decode(file);
  const finished = performance.now();
  return {
    bytes: file.length,
    bpp: 8 * file.length / (picture.width * picture.height),
    scores: await scoresOf(picture, decoded, metrics, tools),
    encodeMs: encoded - started,
    decodeMs: finished - encoded,
  };
}

/**
 * Compares a decoded picture with its source.
 *
 * @param source The source, opaque.
 * @param decoded The decoded picture, of the same size.
 * @param metrics What to compare by.
 * @param tools The metrics' external programs.
 * @returns A value per metric; NaN where the picture is too small for it.
 */
export async function scoresOf(
  source: Picture,
  decoded: Picture,
  metrics: readonly Metric[],
  tools: MetricTools,
): Promise<Scores> {
  const side = Math.min(source.width, source.height);
  const scores: Record<string, number> = {};
  for (const metric of metrics) {
    scores[metric.id] = side < metric.minSide ? NaN : await metric.measure(source, decoded, tools);
  }
  return scores;
}

/** A small opaque picture that is the same in every run. */
export function probePicture(): Picture {
  const side = 64;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i += 4) data.set([4 * x, 4 * y, (x * y) & 255, 255], i);
  }
  return { data, width: side, height: side };
}

/**
 * Runs a codec on the probe picture, so that it loads what it needs before anything is timed, and identifies its
 * revision: another version, model or default gives another file.
 *
 * @param codec The codec.
 * @param quality The setting.
 * @returns The first 8 hexadecimal digits of that file's SHA-256.
 * @throws What the codec throws.
 */
export async function warmUp(codec: EvalCodec, quality: number): Promise<string> {
  const file = await codec.encode(probePicture(), quality);
  await codec.decode(file);
  return (await sha256Hex(file as Uint8Array<ArrayBuffer>)).slice(0, 8);
}
