import type { ModelManifest } from "../models/mod.ts";

/** Sides of the latent of a picture, in latents. */
export function latentSize(
  manifest: ModelManifest,
  { width, height }: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  const side = (pixels: number) =>
    Math.ceil(pixels / manifest.paddingMultiple) * manifest.paddingMultiple / manifest.downsampling;
  return { width: side(width), height: side(height) };
}

/** The same for a picture coded without a model: planes, pyramid, symbols, escapes and sections. */
export function pixelArenaBytes(
  { width, height }: { readonly width: number; readonly height: number },
): number {
  return Math.min(2 ** 32, 2 ** 21 + 200 * width * height);
}

/**
 * Room for every tensor of one pass: u8 and planar f32 pixels, a handful of latents, and symbols and sections for as
 * many encodings as a search makes. Address space, mostly: memory is taken as it is written.
 */
export function arenaBytesFor(
  manifest: ModelManifest,
  picture: { readonly width: number; readonly height: number },
): number {
  const { width, height } = latentSize(manifest, picture);
  const latents = 4 * width * height;
  const paddedPixels = width * height * manifest.downsampling ** 2;
  return Math.min(2 ** 32, 2 ** 21 + 32 * paddedPixels + 160 * latents);
}
