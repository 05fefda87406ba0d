import type { PictureLike } from "../../../world.ts";
import { traitsOf } from "../../samples.ts";
import {
  coverageOf,
  forEachPixel,
  FULL_COVERAGE,
  LEAST_EDGE,
  LEAST_SOFT,
  type PageInk,
} from "./page_coverage.ts";
import { findFigures } from "./page_figures.ts";
import { lightOf, paperOfBlocks, paperOfPixels } from "./paper_light.ts";

/** A page has so many pixels: in fewer, a few things on a table have strokes like text. */
const LEAST_PIXELS = 2 ** 16;
/** Least light of half of a page's blocks, and most share of its blocks that are figures. */
const LEAST_PAPER = 150, MOST_FIGURES = 0.35;
/** Least share of the pixels outside of figures that are paper, and most pixels between paper and ink, of those of ink. */
const LEAST_PAPER_SHARE = 0.6, MOST_BETWEEN = 0.9;
/** So many strokes lie across the rows of a block with text, and it takes so many blocks with text. */
const LEAST_STROKES_OF_BLOCK = 4, LEAST_TEXT_SHARE = 0.25;
/** Strokes run through about so many rows at least and at most: letters are small, blinds and stalks are long, grains are short. */
const LEAST_STROKE_ROWS = 5, MOST_STROKE_ROWS = 14;

/**
 * Finds the ink of a scanned page: dark strokes on light paper, whose grain keeps its colours from repeating. Photographs and
 * figures with shades that are on the page are left out.
 *
 * @param picture 8 bits per sample.
 * @returns `undefined` for a picture that is no such page: also for a small one, one with transparent pixels, or with light text on a dark ground.
 */
export function findPageInk(picture: PictureLike): PageInk | undefined {
  if (picture.width * picture.height < LEAST_PIXELS || !traitsOf(picture).opaque) return undefined;
  const { width, height } = picture, light = lightOf(picture), blocks = paperOfBlocks(light, width, height);
  if (blocks.toSorted()[blocks.length >> 1] < LEAST_PAPER) return undefined;
  const paper = paperOfPixels(blocks, width, height);
  const rough = coverageOf(light, paper, width, new Uint8Array(blocks.length));
  const figures = findFigures({ coverage: rough, paper }, light, width);
  const coverage = coverageOf(light, paper, width, figures);
  return isLikeText(coverage, width, figures) ? { coverage, paper } : undefined;
}

/** Whether there are enough strokes of the size of letters, and paper around them. */
function isLikeText(coverage: Uint8Array, width: number, figures: Uint8Array): boolean {
  const kept = figures.reduce((sum, flag) => sum + 1 - flag, 0), strokesOf = new Uint32Array(figures.length);
  if (kept < (1 - MOST_FIGURES) * figures.length) return false;
  const isInk = (i: number) => 2 * coverage[i] >= FULL_COVERAGE;
  let pixels = 0, blank = 0, ink = 0, between = 0, strokes = 0, begun = 0;
  forEachPixel(width, coverage.length / width, figures, (i, block) => {
    pixels++;
    if (coverage[i] < LEAST_EDGE) blank++;
    if (!isInk(i)) {
      between += Number(coverage[i] >= LEAST_SOFT);
      return;
    }
    ink++;
    if (isInk(i - 1)) return;
    strokes++;
    strokesOf[block]++;
    if (!isInk(i - width) && !isInk(i - width - 1) && !isInk(i - width + 1)) begun++;
  });
  if (blank < LEAST_PAPER_SHARE * pixels || between > MOST_BETWEEN * ink) return false;
  if (strokes < LEAST_STROKE_ROWS * begun || strokes > MOST_STROKE_ROWS * begun) return false;
  return strokesOf.filter((count) => count >= LEAST_STROKES_OF_BLOCK).length >= LEAST_TEXT_SHARE * kept;
}
