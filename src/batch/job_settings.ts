import { Deno } from "../host/deno_api.ts";
import { DEFAULT_CONTENT, DEFAULT_TUNE } from "../codec/options.ts";
import { targetOf } from "../codec/target.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { inspect } from "../../mod.ts";
import { loadModel } from "../models/load.ts";
import { namesFolder } from "../models/paths.ts";
import { sha256Hex } from "../models/sha256.ts";
import type { CompressJob, DecompressJob, Job } from "./job.ts";

/**
 * A hash of all that a job may change in its target's bytes besides the source. Options count unless they are known to
 * change nothing; a model counts with the hashes of its nets.
 *
 * @param job The job.
 * @returns SHA-256 as hex.
 * @throws ModelError Where the model cannot be read.
 */
export async function settingsOf(job: Job): Promise<string> {
  const settings = job.action === "compress" ? await compressSettings(job) : await decompressSettings(job);
  return await sha256Hex(new TextEncoder().encode(sortedJson(settings)));
}

async function compressSettings(job: CompressJob): Promise<unknown> {
  const {
    action,
    options,
    source: _source,
    target: _target,
    measurePsnr: _m,
    trace: _t,
    keepSmaller,
    ...ofJob
  } = job;
  const {
    quality: _q,
    bytes: _b,
    bpp: _r,
    psnr: _p,
    ssim: _s,
    lossless: _l,
    nearLossless: _n,
    target: _o,
    ...others
  } = options;
  const { workers: _w, signal: _a, onProgress: _report, model, ...coding } = others;
  return {
    action,
    target: targetOf(options),
    model: model === undefined ? null : await modelSettings(model),
    ...DEFAULTS,
    ...withoutUndefined(coding),
    ...withoutUndefined(ofJob),
    ...keepSmaller && { keepSmaller: true },
  };
}

/** What `compress` does where its options say nothing, so that naming a default changes nothing. */
const DEFAULTS = {
  entropy: "context",
  effort: DEFAULT_EFFORT,
  tune: DEFAULT_TUNE,
  content: DEFAULT_CONTENT,
  alphaError: 0,
  metadata: true,
  device: "cpu",
};

async function decompressSettings(job: DecompressJob): Promise<unknown> {
  const { action, source, target: _target, options, models = {}, trace: _trace, ...others } = job;
  const { workers: _w, signal: _a, onProgress: _o, maxPixels: _p, maxMemoryBytes: _m, model, ...decoding } =
    options;
  const place = model ?? await namedModel(source, models);
  return {
    action,
    model: place === undefined ? null : await modelSettings(place),
    device: "cpu",
    ...withoutUndefined(decoding),
    ...withoutUndefined(others),
  };
}

/** Where the model is that a file names, if it is among those given. */
async function namedModel(
  source: string,
  models: { readonly [name: string]: string },
): Promise<string | undefined> {
  if (Object.keys(models).length === 0) return undefined;
  const { model } = inspect(await Deno.readFile(source), { partial: true });
  return Object.hasOwn(models, model) ? models[model] : undefined;
}

async function modelSettings(place: string): Promise<unknown> {
  return namesFolder(place) ? (await loadModel(place)).manifest : place;
}

function withoutUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function sortedJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
