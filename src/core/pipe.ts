import type { Component, ComponentType, Entity } from "./component.ts";
import type { EntityWorld } from "./entity_world.ts";
import { MissingComponentError, PipeError } from "./errors.ts";
import type { System } from "./system.ts";

/** What a pipe does in turn: run a system, or make sure that components are there. */
type Step<K> = { readonly system: System<Component, Component, K> } | {
  readonly check: readonly ComponentType[];
};

/**
 * A chain of systems over one entity or a batch. Nothing runs until {@linkcode Pipe.out} or {@linkcode Pipe.run}.
 *
 * Pipes are immutable: each method returns a longer one, so a prefix can be kept and continued twice.
 *
 * @typeParam Has Union of the components that entities have at this point.
 * @typeParam N Whether `out` gives one value or an array.
 * @typeParam K The kernels of the world.
 */
export class Pipe<Has extends Component, N extends "one" | "many", K = unknown> {
  readonly #world: EntityWorld<K>;
  readonly #entities: readonly Entity[];
  readonly #many: boolean;
  readonly #steps: readonly Step<K>[];

  /** Use `world.pipe(...)`. */
  constructor(world: EntityWorld<K>, entities: readonly Entity[], many: boolean, steps: readonly Step<K>[]) {
    this.#world = world;
    this.#entities = entities;
    this.#many = many;
    this.#steps = steps;
  }

  /** Appends a system. Does not compile when the system requires a component that is not there. */
  to<In extends Has, Out extends Component>(system: System<In, Out, K>): Pipe<Has | Out, N, K> {
    return this.#append({ system });
  }

  /** Appends several systems. */
  through<A extends Component>(a: System<Has, A, K>): Pipe<Has | A, N, K>;
  /** Appends several systems. */
  through<A extends Component, B extends Component>(
    a: System<Has, A, K>,
    b: System<Has | A, B, K>,
  ): Pipe<Has | A | B, N, K>;
  /** Appends several systems. */
  through<A extends Component, B extends Component, C extends Component>(
    a: System<Has, A, K>,
    b: System<Has | A, B, K>,
    c: System<Has | A | B, C, K>,
  ): Pipe<Has | A | B | C, N, K>;
  /** Appends several systems. */
  through<A extends Component, B extends Component, C extends Component, D extends Component>(
    a: System<Has, A, K>,
    b: System<Has | A, B, K>,
    c: System<Has | A | B, C, K>,
    d: System<Has | A | B | C, D, K>,
  ): Pipe<Has | A | B | C | D, N, K>;
  /** Appends several systems. */
  through<
    A extends Component,
    B extends Component,
    C extends Component,
    D extends Component,
    E extends Component,
  >(
    a: System<Has, A, K>,
    b: System<Has | A, B, K>,
    c: System<Has | A | B, C, K>,
    d: System<Has | A | B | C, D, K>,
    e: System<Has | A | B | C | D, E, K>,
  ): Pipe<Has | A | B | C | D | E, N, K>;
  through(...systems: System<Component, Component, K>[]): Pipe<Has, N, K> {
    return new Pipe(this.#world, this.#entities, this.#many, [
      ...this.#steps,
      ...systems.map((system) => ({ system })),
    ]);
  }

  /** Tells the compiler of components that the entities already have; checked when the pipe runs. */
  use<C extends Component>(...types: ComponentType<C>[]): Pipe<Has | C, N, K> {
    return this.#append({ check: types });
  }

  /** Narrows what later systems may rely on to these components. */
  select<C extends Has>(...types: ComponentType<C>[]): Pipe<C, N, K> {
    return this.#append({ check: types });
  }

  /** Runs the chain. Errors: `PipeError`, with the path of steps and the cause's code. */
  async run(): Promise<void> {
    const path: string[] = [];
    for (const step of this.#steps) {
      if ("check" in step) {
        path.push(`use(${step.check.map((type) => type.name).join(", ")})`);
        this.#require(path, path[path.length - 1], step.check);
        continue;
      }
      const { system } = step;
      path.push(system.label);
      this.#require(path, system.label, system.required);
      if (this.#entities.length === 0) continue;
      try {
        await this.#world.trace.measure(
          system.label,
          this.#entities,
          () => system.run(this.#world, this.#entities),
        );
      } catch (cause) {
        throw new PipeError(path, cause);
      }
    }
  }

  /** Runs the chain and gives a component of the entity, or of each entity in order. */
  async out<C extends Has>(type: ComponentType<C>): Promise<N extends "one" ? C : C[]> {
    await this.run();
    const all = this.#entities.map((entity) => this.#world.get(entity, type));
    return (this.#many ? all : all[0]) as N extends "one" ? C : C[];
  }

  #append<Next extends Component>(step: Step<K>): Pipe<Next, N, K> {
    return new Pipe(this.#world, this.#entities, this.#many, [...this.#steps, step]);
  }

  #require(path: readonly string[], label: string, types: readonly ComponentType[]): void {
    for (const type of types) {
      const missing = this.#entities.filter((entity) => !this.#world.has(entity, type));
      if (missing.length > 0) {
        throw new PipeError(
          path,
          new MissingComponentError(
            "component-missing",
            `Cannot run ${label}: entities [${missing.join(", ")}] lack required component ${type.name}`,
          ),
        );
      }
    }
  }
}
