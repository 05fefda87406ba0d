import { assertEquals } from "@std/assert";
import { batchesOf, CpuArena, type Entity, groupEntities } from "../../src/core/mod.ts";

const entities: Entity[] = [1, 2, 3, 4, 5, 6];

Deno.test("groupEntities() keeps the order and begins a new group at the limit", () => {
  const groups = groupEntities(entities, (entity) => [entity % 2], (first) => first === 1 ? 2 : 9);
  assertEquals(groups, [[1, 3], [2, 4, 6], [5]]);
});

Deno.test("batchesOf() joins tensors that lie one after the other, up to the limit, and leaves others alone", () => {
  const arena = new CpuArena(2 ** 16);
  const [pair, triple] = [arena.allocate([2, 4], "f32"), arena.allocate([3, 4], "f32")];
  const other = arena.allocate([5], "f32");
  const refs = [
    arena.subref(pair, 0),
    arena.subref(triple, 0),
    other,
    arena.subref(pair, 1),
    arena.subref(triple, 1),
    arena.subref(triple, 2),
  ];
  const tensorOf = (entity: Entity) => refs[entity - 1];
  const shapes = (maxBytes: number) =>
    batchesOf(arena, entities, tensorOf, maxBytes).map(({ entities, tensor }) => [entities, tensor.shape]);
  // Nothing lies between the two batches.
  assertEquals(batchesOf(arena, [1, 4, 2], tensorOf, Infinity).map(({ tensor }) => tensor.shape), [[3, 4]]);
  assertEquals(shapes(32), [
    [[1], [1, 4]],
    [[2], [1, 4]],
    [[4], [1, 4]],
    [[5, 6], [2, 4]],
    [[3], [1, 5]],
  ]);
});
