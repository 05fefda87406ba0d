import { InvalidValueError } from "../core/mod.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import {
  checkDevice,
  checkRuntime,
  type CompressSettings,
  type CompressTargetValues,
  CONTENTS,
  TUNES,
  type UncheckedCompressOptions,
} from "./options.ts";
import {
  anyBoolean,
  anyFunction,
  anyModel,
  anySignal,
  checkAll,
  checkedElsewhere,
  type Rule,
} from "../core/option_rules.ts";
import { chosenWorkers } from "./run/warm_workers.ts";

const anyNumber: Rule = { isMet: (value: unknown) => typeof value === "number", wanted: "a number" };

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
  chosenWorkers(workers);
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

/** Throws unless the largest error of an alpha sample is a whole number from 0 to 127: `InvalidValueError` ("alpha-error"). */
function checkAlphaError(alphaError: number | undefined): void {
  if (alphaError === undefined || isIntegerIn(0, 127)(alphaError)) return;
  throw new InvalidValueError(
    "alpha-error",
    `Cannot compress with alphaError ${alphaError}: it must be a whole number from 0 to 127 (got ${alphaError}). ` +
      "Use 0 for exact alpha.",
  );
}

function isIntegerIn(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function oneOf(values: readonly string[]): Rule {
  return { isMet: (value: unknown) => values.includes(value as string), wanted: values.join(" or ") };
}

/** Throws unless the effort is a whole number from 1 to 9: `InvalidValueError` ("effort-range"). */
function checkEffort(effort: number | undefined): void {
  if (effort !== undefined && !(Number.isInteger(effort) && effort >= 1 && effort <= 9)) {
    throw new InvalidValueError(
      "effort-range",
      `Cannot compress with effort ${effort}: it must be a whole number from 1 to 9 (got ${effort}). Use 5, the default.`,
    );
  }
}
