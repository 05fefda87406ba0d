import type { NetPlan } from "../../net_plan.ts";
import { mapBytes, type PlacedMap } from "./convolution.ts";

/** How large a plan's maps are for an input of so many rows and columns. */
export class NetLayout {
  /** Bytes of each slot. */
  readonly slotBytes: readonly number[];
  readonly #slots: readonly (number | undefined)[];
  /** Of the maps, by their index. */
  readonly sizes: readonly Omit<PlacedMap, "address">[];

  /** @param slots Of the maps, see {@linkcode slotsOf}. */
  constructor({ maps }: NetPlan, slots: readonly (number | undefined)[], rows: number, columns: number) {
    this.#slots = slots;
    this.sizes = maps.map(({ channels, scale }) => ({
      channels,
      rows: rows * scale,
      columns: columns * scale,
    }));
    const slotBytes: number[] = [];
    for (const [index, slot] of slots.entries()) {
      if (slot !== undefined) slotBytes[slot] ??= mapBytes(this.sizes[index]);
    }
    this.slotBytes = slotBytes;
  }

  /** The maps, by their index, where the slots have these addresses. */
  places(addresses: readonly number[]): PlacedMap[] {
    return this.sizes.map((size, index) => ({ address: addresses[this.#slots[index]!], ...size }));
  }
}

/**
 * A slot of memory for each map, by its index: maps of one size whose lives do not overlap share one; none for those that no step
 * touches.
 *
 * A map lives from the first step that writes it to the last one that reads it.
 */
export function slotsOf({ maps, steps, output }: NetPlan): (number | undefined)[] {
  const first = new Map<number, number>(), last = new Map<number, number>();
  const touch = (index: number, step: number) => {
    if (!first.has(index)) first.set(index, step);
    last.set(index, step);
  };
  steps.forEach((step, i) => {
    touch(step.target.index, i);
    if (step.kind !== "blocks") touch(step.source.index, i);
  });
  for (const { source } of output.parts) touch(source.index, steps.length);
  const slots: { readonly size: string; until: number }[] = [],
    slotOf = maps.map((): number | undefined => undefined);
  for (const [index, from] of [...first].sort(([, a], [, b]) => a - b)) {
    const { channels, scale } = maps[index], size = `${channels}, ${scale}`;
    let slot = slots.findIndex((known) => known.size === size && known.until < from);
    if (slot < 0) slot = slots.push({ size, until: 0 }) - 1;
    slots[slot].until = last.get(index)!;
    slotOf[index] = slot;
  }
  return slotOf;
}
