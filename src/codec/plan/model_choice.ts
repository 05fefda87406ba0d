import { loadEmbeddedManifests } from "../../models/load.ts";
import type { QualityScale } from "../../models/manifest.ts";
import type { Target } from "../options.ts";
import { PIXELS, WEIGHTED_PIXEL_QUALITY } from "../streams/pixel_params.ts";

/** Whether a picture is so thin that nets would take more than twice the time that its pixels are worth. */
export function isTooThinForNets(
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  const tiled = (side: number) => Math.ceil(side / NET_TILE_PIXELS) * NET_TILE_PIXELS;
  const tiledPixels = tiled(width) * tiled(height);
  return tiledPixels > SMALL_TILED_PIXELS && tiledPixels > MOST_TILED_SHARE * width * height;
}

interface SelectionMargin {
  readonly quality: number;
  /** Of the file's size. */
  readonly octaves: number;
  /** Of PSNR, and of 1 − MS-SSIM. */
  readonly decibels: number;
}

/** How far below a border the finer choice is a candidate. */
const FINER_CANDIDATE: SelectionMargin = { quality: 15, octaves: 0.5, decibels: 0.7 };
/**
 * How far above a border the coarser choice is one. At that end 28 of 32 photographs held out had more MS-SSIM by vaerans-4,
 * and none less by more than 0.1 dB.
 */
const COARSER_CANDIDATE: SelectionMargin = { quality: 9, octaves: 0.25, decibels: 0.5 };
/** The same for a model beside the pixels' stream: on photographs held out it looked no better from half an octave on. */
const CANDIDATE_BESIDE_PIXELS: SelectionMargin = { quality: 12, octaves: 0.6, decibels: 1.5 };
/** How far below a border the pixel stream competes: from 0.28 bits per pixel on, photographs with little detail look better with it. */
const PIXELS_AS_CANDIDATE: SelectionMargin = { quality: 11, octaves: 0.5, decibels: 0 };
/** Qualities below and above a border of models from and to which sizes are shared: those at which both compete. */
const RANGE_OF_MODELS = { below: FINER_CANDIDATE.quality, above: COARSER_CANDIDATE.quality };
/** The same beside the pixels' stream: between its ends bytes rise by 7% a quality, as they do below and above. */
const RANGE_OF_PIXELS = { below: PIXELS_AS_CANDIDATE.quality, above: 6 };
/** Nets work on tiles of so many pixels a side, whole ones also where a picture has a few columns only. */
const NET_TILE_PIXELS = 32;
/** So many times the picture's own pixels at most, */
const MOST_TILED_SHARE = 2;
/** where there are more pixels than a small picture has, of which all is done in no time. */
const SMALL_TILED_PIXELS = 2 ** 16;
/** Larger pictures are coded by tiles; judging them whole would take the memory that tiles save. */
const LARGEST_SELECTION_PIXELS = 2 ** 22;

/**
 * The embedded models to try for a target, in order. Qualities have their model in the manifests; sizes and scores are compared with what
 * the finest quality of the coarser model costs and reaches on average.
 */
export async function modelsForTarget(target: Target, pixelCount: number): Promise<string[]> {
  const choices = await embeddedChoices();
  const first = choices.findIndex((choice) => target.value < upperLimit(choice, target.kind, pixelCount));
  return choices.slice(first < 0 ? choices.length - 1 : first).map(({ name }) => name);
}

/**
 * The models next to the one chosen for a target, where the border between the two is near: which of them a picture looks
 * better with depends on the picture. The pixels' stream is a candidate for qualities and sizes only: scores decide by bytes, and
 * searching its step for a score takes a decoding a probe.
 *
 * @param name The chosen one. Where it is the pixels' stream, a quality says little of how near the border is; its bytes do.
 */
export async function candidatesForTarget(
  target: Target,
  name: string,
  pixelCount: number,
): Promise<string[]> {
  if (pixelCount > LARGEST_SELECTION_PIXELS) return [];
  const choices = await embeddedChoices();
  const index = choices.findIndex((choice) => choice.name === name);
  const isNear = (lower: number, margin: SelectionMargin) =>
    lower >= 0 && lower + 1 < choices.length &&
    isWithin(margin, target, upperLimit(choices[lower], target.kind, pixelCount));
  const isFinerOfPixels = choices[index + 1]?.name === PIXELS.name;
  const isScore = target.kind === "psnr" || target.kind === "ssim";
  return [
    ...isNear(index - 1, name === PIXELS.name ? CANDIDATE_BESIDE_PIXELS : COARSER_CANDIDATE)
      ? [choices[index - 1].name]
      : [],
    ...isNear(index, isFinerOfPixels ? PIXELS_AS_CANDIDATE : FINER_CANDIDATE) && !(isFinerOfPixels && isScore)
      ? [choices[index + 1].name]
      : [],
  ];
}

/** A quality's bytes where two models' ground meets: between what `coarser` and `finer` give, each at its quality. */
export interface OperatingOverlap {
  readonly coarser: ModelAtQuality;
  readonly finer: ModelAtQuality;
  /** The finer one's part in the logarithm of the bytes, 0 to 1. */
  readonly finerShare: number;
}

/** A model and the quality whose bytes are meant. */
export interface ModelAtQuality {
  readonly name: string;
  readonly quality: number;
}

/**
 * The ground around a border that a quality lies on, if any: there sizes go from one model's to the other's, so that they
 * rise without a jump.
 *
 * Between models both are asked at the quality itself. The pixels' stream falls slowly below its own ground and rises fast
 * in it: there what the two give at the ends of the ground counts.
 */
export async function overlapOf(quality: number, pixelCount: number): Promise<OperatingOverlap | undefined> {
  if (pixelCount > LARGEST_SELECTION_PIXELS) return undefined;
  const choices = await embeddedChoices();
  for (const [index, finer] of choices.slice(1).entries()) {
    const coarser = choices[index], border = upperLimit(coarser, "quality", pixelCount);
    const ofPixels = finer.name === PIXELS.name;
    const { below, above } = ofPixels ? RANGE_OF_PIXELS : RANGE_OF_MODELS;
    const from = border - below, to = border + above;
    if (!(quality > from && quality < to)) continue;
    return {
      coarser: { name: coarser.name, quality: ofPixels ? from : quality },
      finer: { name: finer.name, quality: ofPixels ? to : quality },
      finerShare: (quality - from) / (to - from),
    };
  }
  return undefined;
}

function isWithin(
  { quality, octaves, decibels }: SelectionMargin,
  { kind, value }: Target,
  border: number,
): boolean {
  if (kind === "bytes" || kind === "bpp") return Math.abs(Math.log2(value / border)) <= octaves;
  if (kind === "ssim") return Math.abs(10 * Math.log10((1 - value) / (1 - border))) <= decibels;
  return Math.abs(value - border) <= (kind === "psnr" ? decibels : quality);
}

type Choice = QualityScale & { readonly name: string };

async function embeddedChoices(): Promise<Choice[]> {
  return [...await loadEmbeddedManifests(), { ...WEIGHTED_PIXEL_QUALITY, name: PIXELS.name }];
}

/** Where a choice's ground ends, in the target's unit. */
function upperLimit({ autoQuality, autoLimits }: Choice, kind: Target["kind"], pixelCount: number): number {
  if (!autoQuality || kind === "nearLossless") return -Infinity;
  if (kind === "quality") return autoQuality[1] + 1;
  if (!autoLimits) return Infinity;
  return kind === "bytes" ? autoLimits.bpp * pixelCount / 8 : autoLimits[kind];
}
