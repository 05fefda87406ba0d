import { assertEquals, assertRejects } from "@std/assert";
import {
  type Component,
  type ComponentType,
  CpuArena,
  type Entity,
  EntityWorld,
  MissingComponentError,
  PipeError,
  System,
} from "../../mod.ts";

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

Deno.test("use() vouches for components and is checked at run time", async () => {
  const { world, entities: [entity] } = worldWith(5);
  const pipe = world.pipe(entity).use(Doubled).to(new Sum());
  const error = await assertRejects(() => pipe.run(), PipeError, "lack required component Doubled");
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
    `Cannot run Double(forward): entities [${
      entities[1]
    }] lack required component Raw (in Pipe > Double(forward))`,
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
