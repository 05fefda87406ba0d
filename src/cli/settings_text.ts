import type { KeptMetadata } from "../batch/job.ts";
import {
  DEFAULT_CONTENT,
  DEFAULT_QUALITY,
  DEFAULT_TUNE,
  type TargetOptions,
  type UncheckedCompressOptions,
} from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";

/** What the user asked a file to be: `quality 50`, `at most 20000 bytes`, `lossless`. */
export function targetText(target: TargetOptions): string {
  const { quality, bytes, bpp, psnr, ssim, lossless, nearLossless } = target;
  if (lossless) return "lossless";
  if (nearLossless !== undefined) return `near-lossless ${nearLossless}`;
  if (bytes !== undefined) return `at most ${bytes} bytes`;
  if (bpp !== undefined) return `at most ${bpp} bits per pixel`;
  if (psnr !== undefined) return `PSNR at least ${psnr} dB`;
  if (ssim !== undefined) return `MS-SSIM at least ${ssim}`;
  return `quality ${quality ?? DEFAULT_QUALITY}`;
}

const KEPT_TEXT = {
  all: "all metadata kept",
  colour: "only the colour profile kept",
  withoutLocation: "location removed",
} as const;

/** The settings of a compression in one line, defaults included. */
export function compressSettingsText(
  options: UncheckedCompressOptions,
  kept: KeptMetadata | "all" = "all",
): string {
  const {
    model,
    effort = DEFAULT_EFFORT,
    entropy = "context",
    tune = DEFAULT_TUNE,
    content = DEFAULT_CONTENT,
    device = "cpu",
  } = options;
  const { wavelet, levels, alphaError, tileSide } = options;
  return [
    targetText(options.target ?? options),
    model === undefined ? "model chosen by the target" : `model ${model}`,
    `effort ${effort}`,
    `${entropy} coder`,
    `tuned for ${tune}`,
    `content ${content}`,
    `device ${device}`,
    `runtime ${options.runtime ?? "auto"}`,
    KEPT_TEXT[kept],
    ...wavelet === undefined ? [] : [`wavelet ${wavelet}`],
    ...levels === undefined ? [] : [`${levels} wavelet levels`],
    ...alphaError === undefined ? [] : [`alpha error up to ${alphaError}`],
    ...tileSide === undefined ? [] : [`tiles of ${tileSide} pixels`],
  ].join(", ");
}
