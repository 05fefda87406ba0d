import { InvalidValueError } from "../core/mod.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import {
  checkDevice,
  checkEffort,
  checkRuntime,
  type CompressSettings,
  type CompressTargetValues,
  CONTENTS,
  type DecompressOptions,
  TUNES,
  type UncheckedCompressOptions,
} from "./options.ts";
import { chosenWorkers, type WorkerChoice } from "./run/warm_workers.ts";

/** What an option may be, said after "must be". */
interface Rule {
  readonly isMet: (value: never) => boolean;
  readonly wanted: string;
}

const anyBoolean: Rule = { isMet: (value: unknown) => typeof value === "boolean", wanted: "true or false" };
const anyNumber: Rule = { isMet: (value: unknown) => typeof value === "number", wanted: "a number" };
const anyFunction: Rule = { isMet: (value: unknown) => typeof value === "function", wanted: "a function" };
const anyModel: Rule = {
  isMet: (value: unknown) => typeof value === "string" && value !== "",
  wanted: "the name of a model, or the path or URL of its folder",
};
const anySignal: Rule = {
  isMet: (value: unknown) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
  wanted: "an AbortSignal",
};
/** Checked where the device is chosen, with a code of its own. */
const checkedElsewhere: Rule = { isMet: () => true, wanted: "" };

const TARGET_RULES: { readonly [K in keyof CompressTargetValues]: Rule } = {
  quality: anyNumber,
  bpp: anyNumber,
  bytes: anyNumber,
  psnr: anyNumber,
  ssim: anyNumber,
  lossless: anyBoolean,
  nearLossless: anyNumber,
};

const COMPRESS_RULES: { readonly [K in keyof Required<UncheckedCompressOptions>]: Rule } = {
  ...TARGET_RULES,
  target: {
    isMet: (value: unknown) => typeof value === "object" && value !== null,
    wanted: "an object with one target, e.g. { quality: 60 }",
  },
  model: anyModel,
  tune: oneOf(TUNES),
  content: oneOf(CONTENTS),
  wavelet: checkedElsewhere,
  levels: { isMet: isIntegerIn(0, 10), wanted: "a whole number from 0 to 10" },
  entropy: oneOf(["context", "static"]),
  effort: checkedElsewhere,
  metadata: {
    isMet: (value: unknown) => value === false || (typeof value === "object" && value !== null),
    wanted: "false or an object with icc, exif, xmp or user",
  },
  alphaError: checkedElsewhere,
  tileSide: checkedElsewhere,
  workers: checkedElsewhere,
  device: checkedElsewhere,
  runtime: checkedElsewhere,
  signal: anySignal,
  onProgress: anyFunction,
  onStep: anyFunction,
};

const anyLimit: Rule = {
  isMet: (value: unknown) => typeof value === "number" && value >= 0,
  wanted: "a number from 0, or Infinity",
};

const DECOMPRESS_RULES: { readonly [K in keyof Required<DecompressOptions>]: Rule } = {
  model: anyModel,
  maxPixels: anyLimit,
  partial: anyBoolean,
  region: {
    isMet: (value: unknown) => typeof value === "object" && value !== null,
    wanted: "{ x, y, width, height }",
  },
  keepDepth: anyBoolean,
  maxMemoryBytes: anyLimit,
  workers: checkedElsewhere,
  device: checkedElsewhere,
  runtime: checkedElsewhere,
  signal: anySignal,
  onProgress: anyFunction,
  onStep: anyFunction,
};

/**
 * Checks the names and values of what `compress` is given, but for its target. An option that is `undefined` counts as
 * left out.
 *
 * Errors: `InvalidValueError` ("option-unknown", "option-value", "effort-range", "device-unknown", "wavelet-unknown",
 * "workers-range", "alpha-error").
 */
export function checkCompressOptions(options: unknown): void {
  checkAll("compress", options, COMPRESS_RULES);
  const { target } = options as UncheckedCompressOptions;
  if (target !== undefined) checkAll("compress", target, TARGET_RULES);
  const { effort, device, runtime, workers, wavelet, alphaError } = options as CompressSettings;
  checkEffort(effort);
  checkDevice(device);
  checkRuntime(runtime);
  checkWorkers(workers);
  checkAlphaError(alphaError);
  if (wavelet !== undefined && !LATENT_WAVELETS.includes(wavelet)) {
    throw new InvalidValueError(
      "wavelet-unknown",
      `Cannot use wavelet ${wavelet} over a latent: it must be ${
        LATENT_WAVELETS.join(" or ")
      } (got ${wavelet}). ` +
        "Leave it out for the model's own wavelet.",
    );
  }
}

/** The same for `decompress` and `decompressStream`. */
export function checkDecompressOptions(options: unknown): void {
  checkAll("decompress", options, DECOMPRESS_RULES);
  const { device, runtime, workers } = options as DecompressOptions;
  checkDevice(device);
  checkRuntime(runtime);
  checkWorkers(workers);
}

/** Throws unless the largest error of an alpha sample is a whole number from 0 to 127: `InvalidValueError` ("alpha-error"). */
function checkAlphaError(alphaError: number | undefined): void {
  if (alphaError === undefined || isIntegerIn(0, 127)(alphaError)) return;
  throw new InvalidValueError(
    "alpha-error",
    `Cannot compress with alphaError ${alphaError}: it must be a whole number from 0 to 127 (got ${alphaError}). ` +
      "Use 0 for exact alpha.",
  );
}

function checkWorkers(workers: WorkerChoice | undefined): void {
  chosenWorkers(workers);
}

function checkAll(verb: string, options: unknown, rules: { readonly [name: string]: Rule }): void {
  if (typeof options !== "object" || options === null) {
    throw new InvalidValueError(
      "option-value",
      `Cannot ${verb} with these options: they must be an object (got ${options}). Give an object, or leave it out.`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new InvalidValueError(
        "option-unknown",
        `Cannot ${verb} with option "${name}": it must be one of ${
          Object.keys(rules).join(", ")
        } (got ${name}). Correct the name.`,
      );
    }
    const { isMet, wanted } = rules[name];
    if (value === undefined || isMet(value as never)) continue;
    throw new InvalidValueError(
      "option-value",
      `Cannot ${verb} with ${name} ${shown(value)}: it must be ${wanted} (got ${
        shown(value)
      }). Correct the value.`,
    );
  }
}

function isIntegerIn(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function oneOf(values: readonly string[]): Rule {
  return { isMet: (value: unknown) => values.includes(value as string), wanted: values.join(" or ") };
}

/** A value as a message shows it. */
function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
