import { sectionCount } from "../../entropy/bands.ts";
import type { TileGrid } from "./tile_grid.ts";

/** A stream's section: which resolution of which tile. */
export interface PlannedSection {
  /** In the order of {@linkcode sectionPlan}: 0 colour, then alpha, then a layer of graphics. */
  readonly stream: number;
  /** In raster order. */
  readonly tile: number;
  /** 0 is the coarsest. */
  readonly resolution: number;
}

/**
 * Order of the stream sections of a file: by resolution, coarse to fine, in each all tiles of colour, then of alpha, then of a
 * layer of graphics.
 * Tiles have as many resolutions as their size asks for.
 */
export function sectionPlan(streams: readonly TileGrid[]): PlannedSection[] {
  const counts = streams.map((grid) =>
    Array.from({ length: grid.count }, (_, tile) => sectionCount(grid.layoutOf(tile).bands))
  );
  const plan: PlannedSection[] = [];
  const most = counts.flat().reduce((a, b) => Math.max(a, b), 0);
  for (let resolution = 0; resolution < most; resolution++) {
    counts.forEach((ofTiles, stream) =>
      ofTiles.forEach((count, tile) => {
        if (count > resolution) plan.push({ stream, tile, resolution });
      })
    );
  }
  return plan;
}
