import { type NetMap, type NetPlan, type NetStep, TILE_SIDE } from "../../net_plan.ts";

/** The bands of a map that must be there at the same time. */
export interface MapWindow {
  /** How many bands behind the input the first step writes the map, */
  readonly firstLag: number;
  /** and the last one reads it. */
  readonly lastLag: number;
}

/**
 * In which order a plan's steps do their maps band by band. A band is a number of rows of tiles of the coarsest map, and as much of the
 * others. At tick t a step does band t − lag of its target, after the steps before it in the plan.
 */
export interface BandSchedule {
  /** Of the steps, in their order. */
  readonly lags: readonly number[];
  /** Of the output. */
  readonly outputLag: number;
  /** Of the maps, by their index; `undefined` for those that no step touches. */
  readonly windows: readonly (MapWindow | undefined)[];
  /** Rows of the input under a tile of the coarsest map. */
  readonly tileRows: number;
}

/** Tiles of the coarsest map that a band has at least: fewer would not fill the blocks that convolutions work on. */
const LEAST_TILES = 32;

/** Rows of the input that a band has. */
export function bandRowsFor({ tileRows }: BandSchedule, rows: number, columns: number): number {
  return tileRows * Math.ceil(Math.min(LEAST_TILES * tileRows / columns, rows / tileRows));
}

/** The schedule with the least lags: each step follows as soon as its source's rows are there and what it overwrites is read. */
export function bandScheduleOf({ maps, steps, output }: NetPlan): BandSchedule {
  const touched = steps.flatMap((step) =>
    step.kind === "blocks" ? [step.target] : [step.source, step.target]
  );
  const coarsest = Math.min(...touched.map(({ scale }) => scale));
  /** By the index of a map: lags of its last write, and from which it may be written again. */
  const written = new Map<number, number>(), free = new Map<number, number>();
  const windows: (MapWindow | undefined)[] = maps.map(() => undefined);
  const touch = ({ index }: NetMap, lag: number) => {
    const { firstLag = lag, lastLag = lag } = windows[index] ?? {};
    windows[index] = { firstLag: Math.min(firstLag, lag), lastLag: Math.max(lastLag, lag) };
  };
  const lags = steps.map((step) => {
    const { target } = step;
    let lag = Math.max(0, written.get(target.index) ?? 0, free.get(target.index) ?? 0);
    if (step.kind !== "blocks") {
      const { ahead, behind } = reachOf(step), { index } = step.source;
      lag = Math.max(lag, written.get(index)! + ahead);
      free.set(index, Math.max(free.get(index) ?? 0, lag + behind));
      touch(step.source, lag + behind);
    }
    written.set(target.index, lag);
    touch(target, lag);
    return lag;
  });
  const outputLag = Math.max(...output.parts.map(({ source }) => written.get(source.index)!));
  for (const { source } of output.parts) touch(source, outputLag);
  return { lags, outputLag, windows, tileRows: TILE_SIDE / coarsest };
}

/** Bands of the source that a band of the target also needs: the next one, and the last row of the one before. */
function reachOf(step: NetStep): { readonly ahead: 0 | 1; readonly behind: 0 | 1 } {
  if (step.kind !== "convolution" || step.size === 1) return { ahead: 0, behind: 0 };
  return { ahead: step.stride === 1 ? 1 : 0, behind: 1 };
}
