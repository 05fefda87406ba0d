import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { World } from "../../mod.ts";
import type { Entity } from "../../src/core/mod.ts";
import { Hadamard4 } from "../../src/systems/mod.ts";
import { Latent4, YUVW4 } from "../../src/components/mod.ts";
import {
  inverse4,
  LinearTransform4,
  type Matrix4,
  Mixed4,
  multiply4,
  principalAxes,
} from "../../examples/custom_system.ts";
import { randomFloats } from "../random.ts";

function latentOf(world: World): Entity<Latent4> {
  const values = world.arena.allocate([4, 5, 7], "f32");
  world.arena.write(values, randomFloats(values.elementCount, 3, 11));
  return world.add(world.newEntity(), new Latent4(values, { width: 28, height: 20 }));
}

const HADAMARD: Matrix4 = [1, 1, 1, 1, 1, 1, -1, -1, 1, -1, -1, 1, 1, -1, 1, -1].map((sign) => sign / 2);

Deno.test("LinearTransform4 of the Hadamard matrix is Hadamard4", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = latentOf(world);
  const own = await world.pipe(entity).to(new LinearTransform4("forward", HADAMARD)).out(Mixed4);
  const usual = await world.pipe(entity).to(new Hadamard4("forward")).out(YUVW4);
  const expected = world.arena.view(usual.values);
  world.arena.view(own.values).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5));
});

Deno.test("LinearTransform4 comes back through its inverse, for any matrix that has one", async () => {
  for (let seed = 1; seed < 20; seed++) {
    const world = new World({ arenaBytes: 2 ** 20 });
    const entity = latentOf(world);
    const before = world.arena.view(world.get(entity, Latent4).values).slice();
    const matrix = Array.from(randomFloats(16, 1, seed), (value, i) => value + (i % 5 === 0 ? 2 : 0));
    const { values, picture } = await world.pipe(entity)
      .to(new LinearTransform4("forward", matrix))
      .to(new LinearTransform4("inverse", matrix))
      .out(Latent4);
    world.arena.view(values).forEach((value, i) => assertAlmostEquals(value, before[i], 1e-4));
    assertEquals(picture, { width: 28, height: 20 });
  }
});

Deno.test("a matrix without an inverse is refused when the system is made", () => {
  const matrix = [1, 2, 3, 4, 2, 4, 6, 8, 0, 1, 0, 1, 5, 5, 5, 5];
  assertThrows(() => new LinearTransform4("inverse", matrix), RangeError, "not independent");
});

Deno.test("principal axes are orthonormal, decorrelate, and put the most variance first", () => {
  const n = 500, independent = randomFloats(4 * n, 1, 3), values = new Float32Array(4 * n);
  multiply4([3, 1, 0, 2, 1, 1, 1, 0, 0, 2, 1, 1, 1, 0, 0, 4], independent, values);
  const axes = principalAxes(values);
  const transposed = axes.map((_, i) => axes[4 * (i % 4) + Math.floor(i / 4)]);
  inverse4(axes).forEach((value, i) => assertAlmostEquals(value, transposed[i], 1e-9));
  const mixed = new Float32Array(4 * n);
  multiply4(axes, values, mixed);
  const channel = (c: number) => {
    const part = mixed.subarray(c * n, (c + 1) * n), mean = part.reduce((a, b) => a + b, 0) / n;
    return part.map((value) => value - mean);
  };
  const covariance = (a: number, b: number) => {
    const [x, y] = [channel(a), channel(b)];
    return x.reduce((sum, value, i) => sum + value * y[i], 0) / n;
  };
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < a; b++) {
      assertAlmostEquals(covariance(a, b), 0, 1e-3);
      assertEquals(covariance(b, b) >= covariance(a, a), true);
    }
  }
});

Deno.test("a system of one's own is held to its components like any other", () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const pipe = world.pipe(latentOf(world)).to(new LinearTransform4("forward", HADAMARD));
  // @ts-expect-error Hadamard4's inverse takes YUVW4.
  pipe.to(new Hadamard4("inverse"));
  pipe.to(new LinearTransform4("inverse", HADAMARD));
});
