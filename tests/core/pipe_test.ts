import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  type Component,
  type ComponentType,
  CpuArena,
  type Entity,
  EntityWorld,
  MissingComponentError,
  PipeError,
  type PipeProgress,
  type Settled,
  type StepContext,
  System,
} from "../../src/core/mod.ts";

class Raw implements Component {
  readonly component = "Raw" as const;
  constructor(readonly value: number) {}
}
class Doubled implements Component {
  readonly component = "Doubled" as const;
  constructor(readonly value: number) {}
}
class Summed implements Component {
  readonly component = "Summed" as const;
  constructor(readonly value: number) {}
}

class Double extends System<Raw, Doubled> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw>[] = [Raw];
  readonly produced: readonly ComponentType<Doubled>[] = [Doubled];
  readonly batches: number[] = [];
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: EntityWorld, entities: readonly Entity[]): Promise<void> {
    this.batches.push(entities.length);
    for (const entity of entities) world.add(entity, new Doubled(2 * world.get(entity, Raw).value));
  }
}

class Sum extends System<Raw | Doubled, Summed> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw | Doubled>[] = [Raw, Doubled];
  readonly produced: readonly ComponentType<Summed>[] = [Summed];
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: EntityWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      world.add(entity, new Summed(world.get(entity, Raw).value + world.get(entity, Doubled).value));
    }
  }
}

class Fail extends System<Raw, Doubled> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw>[] = [Raw];
  readonly produced: readonly ComponentType<Doubled>[] = [Doubled];
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(): Promise<void> {
    throw new RangeError("no luck");
  }
}

/** Refuses batches that hold a negative value. */
class Root extends System<Raw, Summed> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw>[] = [Raw];
  readonly produced: readonly ComponentType<Summed>[] = [Summed];
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: EntityWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { value } = world.get(entity, Raw);
      if (value < 0) throw new RangeError(`no root of ${value}`);
      world.add(entity, new Summed(Math.sqrt(value)));
    }
  }
}

/** Promises what it does not make. */
class Idle extends System<Raw, Doubled> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw>[] = [Raw];
  readonly produced: readonly ComponentType<Doubled>[] = [Doubled];
  async run(): Promise<void> {}
}

/** Waits until it is aborted. */
class Wait extends System<Raw, Doubled> {
  readonly mode = "forward";
  readonly required: readonly ComponentType<Raw>[] = [Raw];
  readonly produced: readonly ComponentType<Doubled>[] = [Doubled];
  run(_world: EntityWorld, _entities: readonly Entity[], { signal }: StepContext = {}): Promise<void> {
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }
}

function worldWith(...values: number[]) {
  const world = new EntityWorld(new CpuArena(1), {});
  return { world, entities: values.map((value) => world.add(world.newEntity(), new Raw(value))) };
}

Deno.test("a pipe runs its systems in order and gives the component", async () => {
  const { world, entities: [entity] } = worldWith(5);
  assertEquals((await world.pipe(entity).to(new Double()).to(new Sum()).out(Summed)).value, 15);
  assertEquals((await world.pipe(entity).through(new Double(), new Sum()).out(Summed)).value, 15);
});

Deno.test("a pipe over many hands the batch to each system at once, results in order", async () => {
  const { world, entities } = worldWith(1, 2, 3);
  const double = new Double();
  const results = await world.pipe(entities).to(double).out(Doubled);
  assertEquals(results.map(({ value }) => value), [2, 4, 6]);
  assertEquals(double.batches, [3]);
  assertEquals(await world.pipe([] as Entity<Raw>[]).to(double).out(Doubled), []);
});

Deno.test("nothing runs before out(), and a prefix can be continued twice", async () => {
  const { world, entities: [entity] } = worldWith(5);
  const double = new Double();
  const prefix = world.pipe(entity).to(double);
  assertEquals(double.batches, []);
  await prefix.out(Doubled);
  await prefix.to(new Sum()).out(Summed);
  assertEquals(double.batches, [1, 1]);
});

Deno.test("pipes that lack a component do not compile", () => {
  const { world, entities: [entity] } = worldWith(5);
  // @ts-expect-error Sum needs Doubled.
  world.pipe(entity).to(new Sum());
  // @ts-expect-error The order is wrong.
  world.pipe(entity).through(new Sum(), new Double());
  // @ts-expect-error Nothing makes Summed.
  (() => world.pipe(entity).to(new Double()).out(Summed));
  // @ts-expect-error select() narrowed Raw away.
  world.pipe(entity).to(new Double()).select(Doubled).to(new Sum());
  // @ts-expect-error An entity without components has nothing.
  world.pipe(world.newEntity()).to(new Double());
});

Deno.test("use() and select() take several components at once", () => {
  const { world, entities: [entity] } = worldWith(5);
  const bare: Entity = entity;
  world.pipe(bare).use(Raw, Doubled).to(new Sum()).select(Raw, Summed).to(new Double());
  // @ts-expect-error Doubled was not selected.
  world.pipe(bare).use(Raw, Doubled, Summed).select(Raw, Summed).to(new Sum());
  // @ts-expect-error Nothing made Summed, so it cannot be selected.
  world.pipe(bare).use(Raw, Doubled).select(Raw, Summed);
});

Deno.test("use() adds components to the type and is checked at run time", async () => {
  const { world, entities: [entity] } = worldWith(5);
  const pipe = world.pipe(entity).use(Doubled).to(new Sum());
  const error = await assertRejects(() => pipe.run(), PipeError, "must have Doubled");
  assertEquals(error.code, "component-missing");
  world.add(entity, new Doubled(1));
  assertEquals((await pipe.out(Summed)).value, 6);
});

Deno.test("a missing component is an error that names system, entities and component", async () => {
  const { world, entities } = worldWith(1, 2);
  world.remove(entities[1], Raw);
  const error = await assertRejects(() => world.pipe(entities).to(new Double()).run(), PipeError);
  assertEquals(error.cause instanceof MissingComponentError, true);
  assertEquals(
    error.message,
    `Cannot run Double(forward): its entities must have Raw (got entities [${entities[1]}] without it). ` +
      "Add the system that produces it before this one. (in Pipe > Double(forward))",
  );
  assertEquals(new Double().canRun(world, entities), false);
  assertEquals(new Double().canRun(world, [entities[0]]), true);
});

Deno.test("what a system throws carries the path of steps and the cause", async () => {
  const { world, entities: [entity] } = worldWith(1);
  const error = await assertRejects(
    () => world.pipe(entity).to(new Double()).to(new Fail()).run(),
    PipeError,
  );
  assertEquals(error.steps, ["Double(forward)", "Fail(forward)"]);
  assertEquals(error.code, "pipe-step-failed");
  assertEquals(error.cause instanceof RangeError, true);
});

Deno.test("the trace records each step, also one that fails", async () => {
  const { world, entities: [entity] } = worldWith(1);
  await assertRejects(() => world.pipe(entity).to(new Double()).to(new Fail()).run());
  assertEquals(world.trace.records.map(({ step }) => step), ["Double(forward)", "Fail(forward)"]);
  assertEquals(world.trace.records.every(({ milliseconds }) => milliseconds >= 0), true);
});

Deno.test("run() gives entities whose type knows what was made", async () => {
  const { world, entities } = worldWith(5, 6);
  const one: Entity<Raw | Doubled> = await world.pipe(entities[0]).to(new Double()).run();
  assertEquals(one, entities[0]);
  assertEquals((await world.pipe(one).to(new Sum()).out(Summed)).value, 15);
  const many: Entity<Raw | Doubled>[] = await world.pipe(entities).to(new Double()).run();
  assertEquals(many, entities);
  // @ts-expect-error Nothing made Summed.
  const wrong: Entity<Summed> = await world.pipe(entities[0]).to(new Double()).run();
  assertEquals(wrong, one);
});

Deno.test("fork() runs what comes before once and keeps the branches apart", async () => {
  const { world, entities: [entity] } = worldWith(5);
  const double = new Double();
  const [left, right] = world.pipe(entity).to(double).fork();
  assertEquals(double.batches, []);
  const [sum, again] = await Promise.all([left.to(new Sum()).out(Summed), right.to(new Double()).run()]);
  assertEquals(sum.value, 15);
  assertEquals(double.batches, [1]);
  assertNotEquals(again, entity);
  assertEquals(world.componentsOf(again), ["Raw", "Doubled"]);
  assertEquals(world.componentsOf(entity), ["Raw", "Doubled"]);
  const [deep] = left.fork();
  assertEquals((await deep.to(new Sum()).out(Summed)).value, 15);
  assertEquals(double.batches, [1]);
});

Deno.test("both branches of a fork are typed", () => {
  const { world, entities } = worldWith(5);
  const [left, right] = world.pipe(entities).to(new Double()).fork();
  const result: () => Promise<Summed[]> = () => left.to(new Sum()).out(Summed);
  // @ts-expect-error This branch did not make Summed.
  (() => right.out(Summed));
  // @ts-expect-error Many entities give an array.
  const wrong: () => Promise<Summed> = () => left.to(new Sum()).out(Summed);
  assertEquals(typeof result, typeof wrong);
});

Deno.test("a fork whose beginning failed tries again", async () => {
  const { world, entities: [entity] } = worldWith(-4);
  const [left] = world.pipe(entity).to(new Root()).fork();
  const error = await assertRejects(() => left.to(new Double()).run(), PipeError);
  assertEquals(error.steps, ["Root(forward)"]);
  world.add(entity, new Raw(4));
  assertEquals((await left.out(Summed)).value, 2);
  const later = await assertRejects(() => left.to(new Fail()).run(), PipeError);
  assertEquals(later.steps, ["Root(forward)", "fork", "Fail(forward)"]);
  assertEquals(
    later.message,
    "no luck (in Pipe > Root(forward) > fork > Fail(forward))",
  );
});

Deno.test("onError collect: one failing entity does not lose the others, results in order", async () => {
  const { world, entities } = worldWith(9, -1, 16);
  const results: Settled<Doubled>[] = await world.pipe(entities, { onError: "collect" })
    .through(new Root(), new Double()).out(Doubled);
  assertEquals(results.map((result) => result.status === "fulfilled" ? result.value.value : result.status), [
    18,
    "rejected",
    32,
  ]);
  const [, failed] = results;
  if (failed.status !== "rejected") throw new Error("it should have failed");
  assertEquals(failed.reason.message, "no root of -1 (in Pipe > Root(forward))");
  assertEquals(failed.reason.entities, [entities[1]]);
  assertEquals(failed.reason.cause instanceof RangeError, true);
});

Deno.test("onError collect goes through forks and missing components too", async () => {
  const { world, entities } = worldWith(9, -1, 16);
  world.remove(entities[2], Raw);
  const [left] = world.pipe(entities, { onError: "collect" }).to(new Root()).fork();
  const results = await left.to(new Double()).run();
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
  const missing = results[2];
  assertEquals(missing.status === "rejected" && missing.reason.code, "component-missing");
});

Deno.test("onError throw, the default, names the batch that failed", async () => {
  const { world, entities } = worldWith(9, -1);
  const error = await assertRejects(() => world.pipe(entities).to(new Root()).run(), PipeError);
  assertEquals(error.entities, entities);
});

Deno.test("results that may have failed do not pass for values", () => {
  const { world, entities } = worldWith(5);
  const pipe = world.pipe(entities, { onError: "collect" }).to(new Double());
  // @ts-expect-error A settled result has to be looked at.
  const wrong: () => Promise<Doubled[]> = () => pipe.out(Doubled);
  // @ts-expect-error One entity has nobody to be kept apart from.
  (() => world.pipe(entities[0], { onError: "collect" }));
  assertEquals(typeof wrong, "function");
});

Deno.test("a batch knows of its entities only what all of them have", () => {
  const { world, entities: [a, b] } = worldWith(1, 2);
  const mixed = [a, world.add(b, new Doubled(4))];
  world.pipe(mixed).to(new Double());
  // @ts-expect-error The first entity has no Doubled.
  world.pipe(mixed).to(new Sum());
});

Deno.test("a system that does not make what it promises is an error that names it", async () => {
  const { world, entities: [entity] } = worldWith(1);
  const error = await assertRejects(
    () => world.pipe(entity).to(new Idle()).run(),
    PipeError,
    "Cannot continue after Idle(forward)",
  );
  assertEquals(error.code, "component-missing");
});

Deno.test("an aborted pipe rejects with the signal's reason, before, between and inside steps", async () => {
  const { world, entities: [entity] } = worldWith(1);
  const reason = new Error("changed my mind");
  const thrown = await assertRejects(() =>
    world.pipe(entity, { signal: AbortSignal.abort(reason) }).to(new Double()).run()
  );
  assertEquals(thrown, reason);
  assertEquals(world.trace.records, []);

  const between = new AbortController(), double = new Double();
  setTimeout(() => between.abort(reason), 0);
  let pipe: { run(): Promise<unknown> } = world.pipe(entity, { signal: between.signal }).to(double);
  for (let i = 0; i < 2000; i++) pipe = (pipe as ReturnType<typeof world.pipe<Raw>>).to(double);
  assertEquals(await assertRejects(() => pipe.run()), reason);
  assertEquals(double.batches.length < 2001, true);

  const inside = new AbortController();
  const waiting = assertRejects(() => world.pipe(entity, { signal: inside.signal }).to(new Wait()).run());
  setTimeout(() => inside.abort(reason), 5);
  assertEquals(await waiting, reason);
});

Deno.test("an abort is not collected as the failure of an entity", async () => {
  const { world, entities } = worldWith(1, 2);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  const error = await assertRejects(() =>
    world.pipe(entities, { signal: controller.signal, onError: "collect" }).to(new Wait()).run()
  );
  assertEquals((error as Error).name, "AbortError");
});

Deno.test("progress tells each step as it begins, and the end", async () => {
  const { world, entities: [entity] } = worldWith(1);
  const events: PipeProgress[] = [];
  const [left] = world.pipe(entity, { onProgress: (event) => events.push(event) }).to(new Double()).fork();
  await left.to(new Sum()).run();
  assertEquals(events, [
    { done: 0, total: 1, step: "Double(forward)" },
    { done: 1, total: 1 },
    { done: 2, total: 3, step: "Sum(forward)" },
    { done: 3, total: 3 },
  ]);
});

Deno.test("copyEntity() shares components at first and goes its own way after", () => {
  const { world, entities: [entity] } = worldWith(1);
  const copy = world.copyEntity(entity);
  assertEquals(world.get(copy, Raw), world.get(entity, Raw));
  world.add(copy, new Raw(2));
  assertEquals(world.get(entity, Raw).value, 1);
});
