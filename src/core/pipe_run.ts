import type { Component, ComponentType, Entity } from "./component.ts";
import type { EntityWorld } from "./entity_world.ts";
import { MissingComponentError, PipeError } from "./errors.ts";
import type { System } from "./system.ts";

/** What a pipe does in turn: run a system, or make sure that components are there. */
export type PipeStep<K> =
  | { readonly label: string; readonly system: System<Component, Component, K> }
  | { readonly label: string; readonly check: readonly ComponentType[] };

/** An entity on its way through a pipe; one that failed keeps its place and goes no further. */
export interface Lane {
  /** Which entity. */
  readonly entity: Entity;
  /** Why it failed. */
  readonly error?: PipeError;
}

/** How far a pipe has come: reported as each step begins, and once when all have ended. */
export interface PipeProgress {
  /** Steps ended, those before a fork included. */
  readonly done: number;
  /** Steps in all. */
  readonly total: number;
  /** The step that begins, e.g. `"Hadamard4(forward)"`; absent at the end. */
  readonly step?: string;
}

/** Options of `world.pipe()`. */
export interface PipeOptions {
  /**
   * Stops the pipe: between steps, and inside systems that look at it. The pipe then rejects with the signal's reason, and
   * the entities keep the components made so far.
   */
  readonly signal?: AbortSignal;
  /** Called as each step begins and when all have ended. */
  readonly onProgress?: (progress: PipeProgress) => void;
  /**
   * What becomes of a batch when a system throws. `"throw"`, the default: the pipe rejects. `"collect"`: a batch that
   * failed is tried again one entity at a time, those that fail drop out, and the result tells of each.
   */
  readonly onError?: "throw" | "collect";
}

/** Runs `steps` over `lanes`; `before` names the steps that the lanes have behind them. */
export async function runSteps<K>(
  world: EntityWorld<K>,
  lanes: readonly Lane[],
  before: readonly string[],
  steps: readonly PipeStep<K>[],
  options: PipeOptions,
): Promise<readonly Lane[]> {
  const { signal, onProgress } = options;
  const total = before.length + steps.length;
  const path = [...before];
  let current = lanes;
  for (const step of steps) {
    signal?.throwIfAborted();
    onProgress?.({ done: path.length, total, step: step.label });
    // Computing never lets the event loop turn; without this no timer or closed connection could abort in time.
    if (signal || onProgress) await eventLoopTurn();
    signal?.throwIfAborted();
    path.push(step.label);
    current = await runStep(world, current, path, step, options);
  }
  signal?.throwIfAborted();
  onProgress?.({ done: total, total });
  return current;
}

async function runStep<K>(
  world: EntityWorld<K>,
  lanes: readonly Lane[],
  path: readonly string[],
  step: PipeStep<K>,
  options: PipeOptions,
): Promise<readonly Lane[]> {
  const entities = lanes.filter(({ error }) => !error).map(({ entity }) => entity);
  if (entities.length === 0) return lanes;
  try {
    await attempt(world, entities, path, step, options.signal);
    return lanes;
  } catch (error) {
    if (options.onError !== "collect" || !(error instanceof PipeError)) throw error;
  }
  const failed = new Map<Entity, PipeError>();
  for (const entity of entities) {
    try {
      await attempt(world, [entity], path, step, options.signal);
    } catch (error) {
      if (!(error instanceof PipeError)) throw error;
      failed.set(entity, error);
    }
  }
  return lanes.map((lane) => {
    const error = lane.error ?? failed.get(lane.entity);
    return error ? { entity: lane.entity, error } : lane;
  });
}

/** One step over one batch. What it throws is a `PipeError`, or the reason of the signal. */
async function attempt<K>(
  world: EntityWorld<K>,
  entities: readonly Entity[],
  path: readonly string[],
  step: PipeStep<K>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { label } = step;
  if ("check" in step) return requireComponents(world, entities, path, step.check, `Cannot run ${label}`);
  const { system } = step;
  requireComponents(world, entities, path, system.required, `Cannot run ${label}`);
  try {
    await world.trace.measure(
      { label, entities, world, produced: system.produced },
      () => system.run(world, entities, signal === undefined ? {} : { signal }),
    );
  } catch (cause) {
    signal?.throwIfAborted();
    throw new PipeError(path, cause, entities);
  }
  requireComponents(world, entities, path, system.produced, `Cannot continue after ${label}`);
  world.noteRun(entities, system);
}

function requireComponents<K>(
  world: EntityWorld<K>,
  entities: readonly Entity[],
  path: readonly string[],
  types: readonly ComponentType[],
  failure: string,
): void {
  for (const type of types) {
    const missing = entities.filter((entity) => !world.has(entity, type));
    if (missing.length > 0) {
      throw new PipeError(
        path,
        new MissingComponentError(
          "component-missing",
          `${failure}: its entities must have ${type.name} (got entities [${missing.join(", ")}] without ` +
            "it). Add the system that produces it before this one.",
        ),
        missing,
      );
    }
  }
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
