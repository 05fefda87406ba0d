import { sectionCount } from "../entropy/mod.ts";
import type { GroupGrid } from "./group_grid.ts";

/** A stream's section: which resolution of which group. */
export interface PlannedSection {
  /** 0 colour, 1 alpha. */
  readonly stream: number;
  /** In raster order. */
  readonly group: number;
  /** 0 is the coarsest. */
  readonly resolution: number;
}

/**
 * Order of the stream sections of a file: by resolution, coarse to fine, in each all groups of colour and then of alpha.
 * Groups have as many resolutions as their size asks for.
 */
export function sectionPlan(streams: readonly GroupGrid[]): PlannedSection[] {
  const counts = streams.map((grid) =>
    Array.from({ length: grid.count }, (_, group) => sectionCount(grid.layoutOf(group).bands))
  );
  const plan: PlannedSection[] = [];
  const most = counts.flat().reduce((a, b) => Math.max(a, b), 0);
  for (let resolution = 0; resolution < most; resolution++) {
    counts.forEach((ofGroups, stream) =>
      ofGroups.forEach((count, group) => {
        if (count > resolution) plan.push({ stream, group, resolution });
      })
    );
  }
  return plan;
}
