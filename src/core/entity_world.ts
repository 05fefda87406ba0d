import { checkNames } from "./option_rules.ts";
import { type Arena, CpuArena } from "./arena.ts";
import type { Component, ComponentType, Entity } from "./component.ts";
import type { Dtype, TypedArrays } from "./dtype.ts";
import { InvalidValueError, MissingComponentError } from "./errors.ts";
import { Context, type ContextOptions } from "./context.ts";
import { Pipe, type PipeMode } from "./pipe.ts";
import type { PipeOptions } from "./pipe_run.ts";
import type { System } from "./system.ts";
import type { TensorRef } from "./tensor_ref.ts";
import { type DeviceTimer, Trace, type TraceOptions } from "./trace.ts";

/** Options of an {@linkcode EntityWorld}. */
export interface EntityWorldOptions extends ContextOptions {
  /** What to record of each step beyond shapes and times. */
  readonly trace?: TraceOptions;
}

/**
 * Entities, their components, and the memory and kernels that systems work with.
 *
 * Ids rise and are never used again in one world. Components are stored by class.
 *
 * @typeParam K Contract of the kernels; core does not look at them.
 * @typeParam A Kind of the arena. Systems that are to run on any device take what every {@linkcode Arena} offers.
 */
export class EntityWorld<K = unknown, A extends Arena = Arena> {
  /** Memory of the tensors that kernels work on. */
  readonly arena: A;
  /** Memory of what the CPU works on whatever the device is, symbols and streams: `arena` itself on the CPU. */
  readonly host: CpuArena;
  /** What systems call to do arithmetic on tensors. */
  readonly kernels: K;
  /** Records of the steps that pipes ran. */
  readonly trace: Trace;
  /** Device, float type and seed. */
  readonly context: Context;
  readonly #stores = new Map<ComponentType, Map<number, Component>>();
  readonly #alive = new Set<number>();
  readonly #histories = new Map<number, readonly System<Component, Component, K>[]>();
  #nextId = 1;

  /**
   * Makes the object.
   *
   * @param arena Memory for tensors.
   * @param kernels Arithmetic on those tensors.
   * @param options Device, seed, and what to trace.
   * @param host Memory for symbols and streams, where `arena` is not the CPU's.
   */
  constructor(arena: A, kernels: K, options: EntityWorldOptions = {}, host?: CpuArena) {
    this.arena = arena;
    this.kernels = kernels;
    this.host = host ?? (arena instanceof CpuArena ? arena : new CpuArena());
    this.trace = new Trace(options.trace);
    this.context = new Context(options);
  }

  /** Times work on the device, where that is not the CPU. */
  get deviceTimer(): DeviceTimer | undefined {
    return undefined;
  }

  /** Makes an entity without components. */
  newEntity(): Entity {
    const id = this.#nextId++;
    this.#alive.add(id);
    return id;
  }

  /** Whether `entity` exists in this world. */
  isAlive(entity: Entity): boolean {
    return this.#alive.has(entity);
  }

  /**
   * Gives `entity` a component, replacing one of the same class.
   *
   * @returns The same entity, its type now knowing the component.
   */
  add<Known extends Component, C extends Component>(entity: Entity<Known>, component: C): Entity<Known | C> {
    this.#checkAlive(entity);
    const type = component.constructor as ComponentType<C>;
    let store = this.#stores.get(type);
    if (!store) this.#stores.set(type, store = new Map());
    store.set(entity, component);
    return entity as Entity<Known | C>;
  }

  /** Takes a component away; whether there was one. */
  remove(entity: Entity, type: ComponentType): boolean {
    this.#checkAlive(entity);
    return this.#stores.get(type)?.delete(entity) ?? false;
  }

  /** Whether `entity` has a component of this class. */
  has(entity: Entity, type: ComponentType): boolean {
    return this.#stores.get(type)?.has(entity) ?? false;
  }

  /** The entity's component; `MissingComponentError` ("component-missing") if it has none. */
  get<C extends Component>(entity: Entity, type: ComponentType<C>): C {
    this.#checkAlive(entity);
    const component = this.#stores.get(type)?.get(entity);
    if (!component) {
      throw new MissingComponentError(
        "component-missing",
        `Cannot get ${type.name} of entity ${entity}: the entity must have it (got ` +
          `[${this.componentsOf(entity).join(", ")}]). Run the system that produces it first.`,
      );
    }
    return component as C;
  }

  /** Entities that have all of these components, in rising order. */
  query<T extends readonly ComponentType[]>(...types: T): Entity<InstanceType<T[number]>>[] {
    return [...this.#alive].filter((entity) => types.every((type) => this.has(entity, type))).sort((a, b) =>
      a - b
    );
  }

  /** Names of the components an entity has. */
  componentsOf(entity: Entity): string[] {
    return [...this.#stores].filter(([, store]) => store.has(entity)).map(([type]) => type.name);
  }

  /** The systems that pipes have run on an entity, in order; of a copy also those of its original. */
  historyOf(entity: Entity): readonly System<Component, Component, K>[] {
    this.#checkAlive(entity);
    return this.#histories.get(entity) ?? [];
  }

  /** Notes a system that a pipe has run. */
  noteRun(entities: readonly Entity[], system: System<Component, Component, K>): void {
    for (const entity of entities) this.#histories.set(entity, [...this.historyOf(entity), system]);
  }

  /** Makes an entity with the same components as another; tensors are shared, not copied. */
  copyEntity<C extends Component>(entity: Entity<C>): Entity<C> {
    this.#checkAlive(entity);
    const copy = this.newEntity();
    for (const store of this.#stores.values()) {
      const component = store.get(entity);
      if (component) store.set(copy, component);
    }
    this.#histories.set(copy, this.historyOf(entity));
    return copy as Entity as Entity<C>;
  }

  /** Removes all entities and components and resets the arena. Ids go on rising. */
  clear(): void {
    this.#stores.clear();
    this.#alive.clear();
    this.#histories.clear();
    this.arena.reset();
    if (this.host as Arena !== this.arena) this.host.reset();
  }

  /** Copies a tensor's values out, wherever they lie. */
  read<D extends Dtype>(ref: TensorRef<D>): Promise<TypedArrays[D]> {
    return ref.arenaId === this.host.id ? this.host.read(ref) : this.arena.read(ref);
  }

  /** Starts a pipeline over one entity. */
  pipe<C extends Component>(
    entity: Entity<C>,
    options?: Omit<PipeOptions, "onError">,
  ): Pipe<C, "one", K>;
  /** Starts a pipeline over many entities, processed as a batch; each may fail on its own. */
  pipe<C extends Component>(
    entities: readonly Entity<C>[],
    options: PipeOptions & { readonly onError: "collect" },
  ): Pipe<C, "settled", K>;
  /** Starts a pipeline over many entities, processed as a batch. */
  pipe<C extends Component>(
    entities: readonly Entity<C>[],
    options?: PipeOptions & { readonly onError?: "throw" },
  ): Pipe<C, "many", K>;
  pipe<C extends Component>(
    entities: Entity<C> | readonly Entity<C>[],
    options: PipeOptions = {},
  ): Pipe<C, PipeMode, K> {
    checkNames("make a pipe", options, ["signal", "onProgress", "onError"]);
    const one = typeof entities === "number";
    const lanes = (one ? [entities] : entities).map((entity) => ({ entity: entity as Entity }));
    for (const { entity } of lanes) this.#checkAlive(entity);
    const mode = one ? "one" : options.onError === "collect" ? "settled" : "many";
    return new Pipe<C, PipeMode, K>(
      this,
      { path: [], lanes: () => Promise.resolve(lanes) },
      mode,
      [],
      options,
    );
  }

  #checkAlive(entity: Entity): void {
    if (!this.#alive.has(entity)) {
      throw new InvalidValueError(
        "entity-unknown",
        `Cannot use entity ${entity}: it must be one of this world (got an unknown one). Make one with ` +
          "newEntity() or spawnImage().",
      );
    }
  }
}
