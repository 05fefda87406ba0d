import type { Arena } from "./arena.ts";
import type { Entity } from "./component.ts";
import type { Dtype } from "./dtype.ts";
import type { TensorRef } from "./tensor_ref.ts";

/** Entities whose tensors are alike, to be worked on in one go. */
export interface Batch<D extends Dtype> {
  /** In the order they were given. */
  readonly entities: readonly Entity[];
  /** Their tensors as one, (n, …shape). */
  readonly tensor: TensorRef<D>;
}

/** Groups entities by key, at most `limit` (asked with the first) in a group, in the order they were given. */
export function groupEntities(
  entities: readonly Entity[],
  keyOf: (entity: Entity) => readonly (number | string)[],
  limit: (first: Entity) => number = () => Infinity,
): Entity[][] {
  const open = new Map<string, Entity[]>(), groups: Entity[][] = [];
  for (const entity of entities) {
    const key = keyOf(entity).join();
    let group = open.get(key);
    if (!group || group.length >= limit(group[0])) {
      groups.push(group = []);
      open.set(key, group);
    }
    group.push(entity);
  }
  return groups;
}

/**
 * Sorts entities into batches: tensors of one shape and type that lie one after the other, as a stage leaves them that
 * worked on a batch itself. Others come one by one.
 *
 * @param arena Where the tensors are.
 * @param entities What to sort.
 * @param tensorOf An entity's tensor.
 * @param maxBytes A batch's tensor is no larger, unless one slice is.
 */
export function batchesOf<D extends Dtype>(
  arena: Arena,
  entities: readonly Entity[],
  tensorOf: (entity: Entity) => TensorRef<D>,
  maxBytes: number,
): Batch<D>[] {
  const batches: Batch<D>[] = [];
  for (
    const group of groupEntities(entities, (entity) => [tensorOf(entity).dtype, ...tensorOf(entity).shape])
  ) {
    const refs = group.map(tensorOf);
    const { byteLength } = refs[0];
    const most = Math.max(1, Math.floor(maxBytes / Math.max(1, byteLength)));
    for (let first = 0, end = 1; first < group.length; first = end++) {
      while (
        end < group.length && end - first < most &&
        refs[end].offsetBytes === refs[end - 1].offsetBytes + byteLength
      ) end++;
      const tensor = arena.join(refs.slice(first, end))!;
      batches.push({ entities: group.slice(first, end), tensor });
    }
  }
  return batches;
}
