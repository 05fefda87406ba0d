// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component, ComponentType, Entity } from "./component.ts";
import type { EntityWorld } from "./entity_world.ts";
import type { PipeError } from "./errors.ts";
import { type Lane, type PipeOptions, type PipeStep, runSteps } from "./pipe_run.ts";
import type { System } from "./system.ts";

/** What a pipe runs over: one entity, a batch, or a batch of which each entity may fail on its own. */
export type PipeMode = "one" | "many" | "settled";

/** What became of one entity of a batch with `onError: "collect"`; the shape of `PromiseSettledResult`. */
export type Settled<T> =
  | { readonly status: "fulfilled"; readonly value: T }
  | { readonly status: "rejected"; readonly reason: PipeError };

/**
 * Result of a pipe: a value, an array in the order of the entities, or an array of {@linkcode Settled}.
 *
 * @typeParam N What the pipe runs over.
 * @typeParam T The value of one entity.
 */
export type PipeResult<N extends PipeMode, T> = N extends "one" ? T : N extends "many" ? T[] : Settled<T>[];

/** Where a pipe begins: what the entities have behind them, and how to get them. */
interface PipeStart {
  readonly path: readonly string[];
  readonly lanes: () => Promise<readonly Lane[]>;
}

/**
 * A chain of systems over one entity or a batch. Nothing runs until {@linkcode Pipe.out} or {@linkcode Pipe.run}.
 *
 * Pipes are immutable: each method returns a longer one, so a prefix can be kept and continued twice. It then runs twice;
 * {@linkcode Pipe.fork} runs it once.
 *
 * @typeParam Has Union of the components that entities have at this point.
 * @typeParam N Whether `out` gives one value, an array, or an array of {@linkcode Settled}.
 * @typeParam K The kernels of the world.
 */
export class Pipe<Has extends Component, N extends PipeMode, K = unknown> {
  readonly #world: EntityWorld<K>;
  readonly #start: PipeStart;
  readonly #mode: PipeMode;
  readonly #steps: readonly PipeStep<K>[];
  readonly #options: PipeOptions;

  /** Use `world.pipe(...)`. */
  constructor(
    world: EntityWorld<K>,
    start: PipeStart,
    mode: PipeMode,
    steps: readonly PipeStep<K>[],
    options: PipeOptions,
  ) {
    this.#world = world;
    this.#start = start;
    this.#mode = mode;
    this.#steps = steps;
    this.#options = options;
  }

  /** Appends a system. Does not compile when the system requires a component that is not there. */
  to<In extends Has, Out extends Component>(system: System<In, Out, K>): Pipe<Has | Out, N, K> {
    return this.#append([systemStep(system)]);
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
    return this.#append(systems.map(systemStep));
  }

  /** Tells the compiler of components that the entities already have; checked when the pipe runs. */
  use<T extends readonly ComponentType[]>(...types: T): Pipe<Has | InstanceType<T[number]>, N, K> {
    return this.#append([checkStep("use", types)]);
  }

  /** Narrows what later systems may rely on to these components. */
  select<T extends readonly ComponentType<Has>[]>(...types: T): Pipe<InstanceType<T[number]>, N, K> {
    return this.#append([checkStep("select", types)]);
  }

  /**
   * Two pipes that continue this one, each on copies of the entities: a branch does not see what the other makes. What
   * comes before runs once, when the first of them runs; if it fails, the next run tries again.
   */
  fork(): [Pipe<Has, N, K>, Pipe<Has, N, K>] {
    let shared: Promise<readonly Lane[]> | undefined;
    const once = () =>
      shared ??= this.#run().catch((error) => {
        shared = undefined;
        throw error;
      });
    const start: PipeStart = {
      path: [...this.#start.path, ...this.#steps.map(({ label }) => label), "fork"],
      lanes: async () =>
        (await once()).map((lane) =>
          lane.error ? lane : { entity: this.#world.copyEntity(lane.entity) as Entity }
        ),
    };
    const branch = () => new Pipe<Has, N, K>(this.#world, start, this.#mode, [], this.#options);
    return [branch(), branch()];
  }

  /**
   * Runs the chain and gives the entities, their types knowing their components. After a fork these are the copies.
   *
   * Errors: `PipeError`, with the path of steps and the cause's code; the reason of an aborted signal.
   */
  async run(): Promise<PipeResult<N, Entity<Has>>> {
    return this.#result(await this.#run(), (entity) => entity as Entity<Has>);
  }

  /** Runs the chain and gives a component of the entity, or of each entity in order. Errors: as of {@linkcode Pipe.run}. */
  async out<C extends Has>(type: ComponentType<C>): Promise<PipeResult<N, C>> {
    const pipe = this.#append<C>([checkStep("out", [type])]);
    return this.#result(await pipe.#run(), (entity) => this.#world.get(entity, type));
  }

  async #run(): Promise<readonly Lane[]> {
    const lanes = await this.#start.lanes();
    return await runSteps(this.#world, lanes, this.#start.path, this.#steps, this.#options);
  }

  #result<T>(lanes: readonly Lane[], valueOf: (entity: Entity) => T): PipeResult<N, T> {
    if (this.#mode === "settled") {
      return lanes.map(({ entity, error }): Settled<T> =>
        error ? { status: "rejected", reason: error } : { status: "fulfilled", value: valueOf(entity) }
      ) as PipeResult<N, T>;
    }
    const all = lanes.map(({ entity }) => valueOf(entity));
    return (this.#mode === "many" ? all : all[0]) as PipeResult<N, T>;
  }

  #append<Next extends Component>(steps: readonly PipeStep<K>[]): Pipe<Next, N, K> {
    return new Pipe(this.#world, this.#start, this.#mode, [...this.#steps, ...steps], this.#options);
  }
}

function systemStep<K>(system: System<Component, Component, K>): PipeStep<K> {
  return { label: system.label, system };
}

function checkStep<K>(verb: string, check: readonly ComponentType[]): PipeStep<K> {
  return { label: `${verb}(${check.map((type) => type.name).join(", ")})`, check };
}
