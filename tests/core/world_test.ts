import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { InvalidValueError, World } from "../../mod.ts";
import { BlurRGB, Psnr, ReconRGB, RGB } from "../../src/components/mod.ts";
import { MetricPsnr } from "../../src/systems/mod.ts";
import { MissingComponentError } from "../../src/core/mod.ts";
import { randomSource } from "../random.ts";

function picture(width: number, height: number, value = 7) {
  return { data: new Uint8ClampedArray(4 * width * height).fill(value), width, height };
}

Deno.test("entities rise and are never used again", () => {
  const world = new World();
  const first = world.newEntity();
  world.clear();
  const second = world.newEntity();
  assertNotEquals(first, second);
  assertEquals(second > first, true);
  assertEquals([world.isAlive(first), world.isAlive(second)], [false, true]);
});

Deno.test("spawnImage() drops alpha and keeps the order of samples", () => {
  const world = new World();
  const entity = world.spawnImage({
    data: Uint8ClampedArray.of(1, 2, 3, 4, 5, 6, 7, 8),
    width: 2,
    height: 1,
  });
  const { pixels } = world.get(entity, RGB);
  assertEquals(pixels.shape, [1, 2, 3]);
  assertEquals([...world.arena.view(pixels)], [1, 2, 3, 5, 6, 7]);
});

Deno.test("spawnBatchImages() lays pictures one after the other", () => {
  const world = new World();
  const [a, b] = world.spawnBatchImages([picture(5, 3, 1), picture(5, 3, 2)]);
  const first = world.get(a, RGB).pixels, second = world.get(b, RGB).pixels;
  assertEquals(second.offsetBytes - first.offsetBytes, 5 * 3 * 3);
  assertEquals([world.arena.view(first)[0], world.arena.view(second)[0]], [1, 2]);
  assertThrows(
    () => world.spawnBatchImages([picture(5, 3), picture(3, 5)]),
    InvalidValueError,
    "(got 3×5 at index 1)",
  );
  assertEquals(world.spawnBatchImages([]), []);
});

Deno.test("pictures whose data does not fit their size are refused", () => {
  const world = new World();
  assertThrows(() => world.spawnImage({ ...picture(2, 2), width: 3 }), InvalidValueError, "24 samples");
  assertThrows(() => world.spawnImage({ ...picture(2, 2), width: 0 }), InvalidValueError);
  assertThrows(() => world.spawnImage({ ...picture(2, 2), height: 1.5 }), InvalidValueError);
});

Deno.test("get() names the entity, what it lacks and what it has", () => {
  const world = new World();
  const entity = world.spawnImage(picture(1, 1));
  const error = assertThrows(() => world.get(entity, ReconRGB), MissingComponentError, "(got [RGB])");
  assertEquals(error.code, "component-missing");
  assertThrows(() => world.get(999, RGB), InvalidValueError, "must be one of this world");
});

Deno.test("query(), has() and remove() agree with a plain map of sets", () => {
  const world = new World();
  const next = randomSource(5);
  const types = [RGB, ReconRGB, BlurRGB] as const;
  const pixels = world.arena.allocate([1, 1, 3], "u8"), floats = world.arena.allocate([1, 1, 3], "f32");
  const make = [() => new RGB(pixels), () => new ReconRGB(floats), () => new BlurRGB(floats, 1)];
  const naive = new Map<number, Set<number>>();
  for (let i = 0; i < 2000; i++) {
    const which = Math.floor(next() * 3);
    const known = [...naive.keys()];
    if (known.length === 0 || next() < 0.1) {
      naive.set(world.newEntity(), new Set());
    } else {
      const entity = known[Math.floor(next() * known.length)];
      if (next() < 0.6) {
        world.add(entity, make[which]());
        naive.get(entity)!.add(which);
      } else {
        assertEquals(world.remove(entity, types[which]), naive.get(entity)!.delete(which));
      }
    }
  }
  for (const wanted of [[0], [1, 2], [0, 1, 2], []]) {
    const expected = [...naive].filter(([, set]) => wanted.every((t) => set.has(t))).map(([entity]) =>
      entity
    );
    assertEquals(world.query(...wanted.map((t) => types[t])), expected);
  }
});

Deno.test("clear() removes components and makes tensors stale", () => {
  const world = new World();
  const entity = world.spawnImage(picture(2, 2));
  const { pixels } = world.get(entity, RGB);
  world.clear();
  assertEquals(world.query(RGB), []);
  assertEquals(world.arena.isAlive(pixels), false);
});

Deno.test("query() gives entities whose types know all the components asked for", async () => {
  const world = new World();
  const entity = world.spawnImage(picture(2, 2));
  const pixels = world.arena.allocate([2, 2, 3], "f32");
  world.arena.view(pixels).fill(7 / 255);
  world.add(entity, new ReconRGB(pixels));
  const [found] = world.query(RGB, ReconRGB);
  assertEquals((await world.pipe(found).to(new MetricPsnr()).out(Psnr)).decibels, Infinity);
  // @ts-expect-error Only RGB was asked for.
  world.pipe(world.query(RGB)).to(new MetricPsnr());
});
