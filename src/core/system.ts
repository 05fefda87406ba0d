import type { Component, ComponentType, Entity } from "./component.ts";
import type { EntityWorld } from "./entity_world.ts";

/**
 * One stage of a pipeline, working on a batch of entities at a time.
 *
 * A subclass says what it reads and what it leaves behind; its type parameters repeat that for the compiler, so that a
 * pipe in which a component is missing does not compile.
 *
 * @typeParam In Union of the components required.
 * @typeParam Out Union of the components produced.
 * @typeParam K The kernels it asks of its world.
 */
export abstract class System<In extends Component, Out extends Component, K = unknown> {
  /** Direction, e.g. `"forward"`, `"inverse"`, `"encode"`, `"decode"`. */
  abstract readonly mode: string;
  /** Components every entity must have. */
  abstract readonly required: readonly ComponentType<In>[];
  /** Components every entity has afterwards. */
  abstract readonly produced: readonly ComponentType<Out>[];

  /** Class and mode, for errors and traces. */
  get label(): string {
    return `${this.constructor.name}(${this.mode})`;
  }

  /** Whether every entity has what this system requires. */
  canRun(world: EntityWorld<K>, entities: readonly Entity[]): boolean {
    return entities.every((entity) => this.required.every((type) => world.has(entity, type)));
  }

  /**
   * Processes the batch. Called with entities that have all required components; adds the produced ones.
   *
   * @param world Where the entities live.
   * @param entities At least one.
   */
  abstract run(world: EntityWorld<K>, entities: readonly Entity[]): Promise<void>;
}
