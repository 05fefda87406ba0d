import type { PictureLike } from "../../../world.ts";
import { DEFAULT_CONTENT, type Target } from "../../options.ts";
import type { SharedEngineOptions } from "../encoder_pool.ts";
import type { GraphicsBlocks } from "./graphics_blocks.ts";

/** From this quality on the text of drawings and of scanned pages is kept legible. */
export const LEAST_LEGIBLE_QUALITY = 30;

/** Of a picture of text or drawings, at least these shares of the blocks are graphics, and graphics with strokes: of 550 photographs none had both. */
const LEAST_SHARE = 0.3, LEAST_STROKE_SHARE = 0.02;
/** A legible file of such a picture may have so many bits per pixel. */
const MOST_LEGIBLE_BITS_PER_PIXEL = 0.5;

/** Largest change of a colour at quality 0, in levels, and how fast it falls with the quality. */
const COARSEST_TOLERANCE = 40, TOLERANCE_FALL = 1.5;
/** That of text is no larger: strokes keep their contrast. */
const MOST_TEXT_TOLERANCE = 12;
/**
 * Tolerances of drawings that were saved as photographs, whose errors around strokes take most bytes. They are the same for all qualities,
 * so that a higher quality never takes a coarser one; from these qualities on the first ones are left out.
 */
const COARSE_TOLERANCES = [42, 28, 14, 6, 2] as const, QUALITIES_WITHOUT_COARSEST = [70, 85] as const;
/** Points of SSIMULACRA2 that twice the bytes of a drawing must gain beside another one, at qualities 0 and 100. */
const MOST_POINTS_PER_OCTAVE = 40, LEAST_POINTS_PER_OCTAVE = 6;
/** Tolerances for a number of bytes, tried until a file fits, and further ones of drawings. */
const TOLERANCES = [0, 6, 14, 28] as const, FURTHER_TOLERANCES = [42, 56] as const;

/** Whether a picture is of text or drawings, also where it was saved as a photograph. */
export function isDrawing({ share, strokeShare }: GraphicsBlocks): boolean {
  return share >= LEAST_SHARE && strokeShare >= LEAST_STROKE_SHARE;
}

/** Bytes that a legible file of a drawing may have for a target; 0 where it need not be legible. */
export function mostLegibleBytes({ kind, value }: Target, { width, height }: PictureLike): number {
  if (kind !== "quality" || value < LEAST_LEGIBLE_QUALITY) return 0;
  return Math.floor(MOST_LEGIBLE_BITS_PER_PIXEL * width * height / 8);
}

/** Tolerances to try for a target, in order: exact files first. */
export function tolerancesFor(
  { kind, value }: Target,
  { content = DEFAULT_CONTENT }: SharedEngineOptions,
  found: GraphicsBlocks,
): readonly number[] {
  const most = content === "text" ? MOST_TEXT_TOLERANCE : Infinity;
  if (kind === "quality") return [...new Set([0, Math.min(most, toleranceAt(value))])];
  const all = isDrawing(found) ? [...TOLERANCES, ...FURTHER_TOLERANCES] : TOLERANCES;
  return all.filter((tolerance) => tolerance <= most);
}

/** Tolerances to try for a quality of a drawing whose exact file takes too many bytes, the largest first. */
export function coarseTolerances(quality: number): readonly number[] {
  return COARSE_TOLERANCES.slice(QUALITIES_WITHOUT_COARSEST.filter((least) => quality >= least).length);
}

/** What a legible drawing is worth beside another one of the same picture: its score, less what its bytes cost. */
export function meritOfDrawing(score: number, bytes: number, quality: number): number {
  const share = Math.min(1, quality / 100);
  return score - (share * LEAST_POINTS_PER_OCTAVE + (1 - share) * MOST_POINTS_PER_OCTAVE) * Math.log2(bytes);
}

function toleranceAt(quality: number): number {
  return Math.round(COARSEST_TOLERANCE * (1 - quality / 100) ** TOLERANCE_FALL);
}
