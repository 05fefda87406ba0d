import type { Target } from "../../options.ts";
import type { BestFile, GraphicsJob } from "./best_file.ts";
import { LEAST_LEGIBLE_QUALITY } from "./drawings.ts";
import { inkLayer } from "./ink_layer.ts";
import { layeredFile } from "./layered_file.ts";
import { findPageInk } from "./page_ink.ts";

/** At the least legible quality ink has so many shades, paper's included; */
const LEAST_SHADES = 3;
/** there are twice as many at a quality that is higher by this. */
const DOUBLING_QUALITY = 35;
/** Shades for a number of bytes, tried until a file fits. */
const SHADES = [6, 4, 3] as const;

/**
 * Offers the ink of a scanned page above its paper, where the picture is such a page. For a quality the file may have any number of bytes: nobody reads the
 * photographic one.
 */
export async function offerPage(job: GraphicsJob, best: BestFile): Promise<void> {
  const { own, target, measures, limit } = job, counts = shadesFor(target);
  const ink = counts.length > 0 ? findPageInk(measures.picture) : undefined;
  if (!ink) return;
  for (const shades of counts) {
    const file = await layeredFile(inkLayer(measures.picture, ink, shades), job);
    if (!file) continue;
    if (target.kind !== "quality") {
      if (file.file.length <= limit) return await best.offer(file);
    } else if (await best.scoreOf(file) > await best.scoreOf(own)) best.keep(file);
  }
}

function shadesFor({ kind, value }: Target): readonly number[] {
  if (kind !== "quality") return SHADES;
  if (value < LEAST_LEGIBLE_QUALITY) return [];
  return [Math.round(LEAST_SHADES * 2 ** ((value - LEAST_LEGIBLE_QUALITY) / DOUBLING_QUALITY))];
}
