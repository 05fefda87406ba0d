import type { Component, ComponentType, Entity } from "./component.ts";
import type { EntityWorld } from "./entity_world.ts";

/** What a system may want to know of the pipe that runs it. */
export interface StepContext {
  /** Long-running systems call `signal?.throwIfAborted()` between pieces of their work. */
  readonly signal?: AbortSignal;
}

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
   * A batch that failed is run again, an entity at a time, where the pipe collects errors: running twice must do no harm.
   *
   * @param world Where the entities live.
   * @param entities At least one.
   * @param context Cancellation; systems that are done soon may leave it out.
   */
  abstract run(world: EntityWorld<K>, entities: readonly Entity[], context?: StepContext): Promise<void>;
}
