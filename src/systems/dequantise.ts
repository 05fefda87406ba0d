// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { QuantizedPyr, QuantParams, WaveletPyr } from "../components/mod.ts";
import {
  type ComponentType,
  type Entity,
  groupEntities,
  layoutKey,
  System,
  type TensorRef,
} from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** The inverse `QuantizeU8` alone, for programs that only decode. */
export class Dequantize extends System<QuantizedPyr | QuantParams, WaveletPyr, Kernels> {
  /** Direction. */
  readonly mode = "inverse" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<QuantizedPyr | QuantParams>[] = [QuantizedPyr, QuantParams];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<WaveletPyr>[] = [WaveletPyr];

  /** Name in traces and errors: that of the system whose inverse it is. */
  override get label(): string {
    return "QuantizeU8(inverse)";
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    dequantise(world, entities);
  }
}

/** Undoes the quantisation of entities: {@linkcode QuantizedPyr} and {@linkcode QuantParams} → {@linkcode WaveletPyr}. */
export function dequantise(world: KernelWorld, entities: readonly Entity[]): void {
  const pyramidOf = (entity: Entity) => world.get(entity, QuantizedPyr);
  const quantOf = (entity: Entity) => world.get(entity, QuantParams);
  const keyOf = (entity: Entity) => {
    const { stepCode, exactBound = "lossy" } = quantOf(entity);
    return [exactBound, stepCode, ...quantOf(entity).steps, ...layoutKey(pyramidOf(entity).layout)];
  };
  const limit = (entity: Entity) =>
    Math.max(1, Math.floor(world.kernels.maxTensorBytes / (4 * pyramidOf(entity).layout.coefficientCount)));
  for (const group of groupEntities(entities, keyOf, limit)) {
    const { layout } = pyramidOf(group[0]), { steps, exactBound } = quantOf(group[0]);
    const parts = group.map((entity) => pyramidOf(entity).coefficients);
    const shape = [group.length, layout.coefficientCount];
    const multiples = world.host.join(parts) ?? concatenated(world, parts, shape);
    const coefficients = world.arena.allocate(shape, exactBound === undefined ? "f32" : "i32");
    if (exactBound === undefined) {
      world.kernels.dequantize(multiples, coefficients as TensorRef<"f32">, layout, steps);
    } else {
      world.arena.write(
        coefficients as TensorRef<"i32">,
        world.host.view(multiples) as Int32Array<ArrayBuffer>,
      );
    }
    for (const [i, entity] of group.entries()) {
      const own = world.arena.subref(coefficients, i);
      world.add(entity, new WaveletPyr(own, layout, pyramidOf(entity).picture, exactBound));
    }
  }
}

/** Copies tensors of the host's memory into one. */
function concatenated(
  world: KernelWorld,
  refs: readonly TensorRef<"i32">[],
  shape: readonly number[],
): TensorRef<"i32"> {
  const target = world.host.allocate(shape, "i32"), values = world.host.view(target);
  let used = 0;
  for (const ref of refs) {
    values.set(world.host.view(ref), used);
    used += ref.elementCount;
  }
  return target;
}
