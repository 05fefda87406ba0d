import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidValueError, msSsim, psnr, ssim, World } from "../../mod.ts";
import {
  AddResidual,
  GaussianBlur,
  MetricMSSSIM,
  MetricPSNR,
  MetricSSIM,
  TakeResidual,
} from "../../src/systems/mod.ts";
import { BlurRGB, MSSSIM, PSNR, ReconRGB, Residual, RGB, SSIM } from "../../src/components/mod.ts";
import { type Entity, PipeError } from "../../src/core/mod.ts";
import { AWKWARD_SIZES, randomFloats, randomSource } from "../random.ts";

function noise(width: number, height: number, seed: number) {
  const next = randomSource(seed);
  return { data: Uint8ClampedArray.from({ length: 4 * width * height }, () => next() * 256), width, height };
}

/** An entity with a source and a shown picture that is off by up to 0.1, sometimes beyond [0, 1]. */
function pairOf(world: World, width: number, height: number, seed = 1): Entity<RGB | ReconRGB> {
  const entity = world.spawnImage(noise(width, height, seed));
  const { pixels } = world.get(entity, RGB);
  const shown = world.arena.allocate(pixels.shape, "f32");
  const source = world.arena.view(pixels), errors = randomFloats(shown.elementCount, 0.1, seed);
  world.arena.view(shown).forEach((_, i, all) => all[i] = source[i] / 255 + errors[i]);
  return world.add(entity, new ReconRGB(shown));
}

/** What a file would show, as RGB bytes. */
function shownBytes(world: World, entity: Entity<ReconRGB>): Uint8Array {
  const { pixels } = world.get(entity, ReconRGB);
  return Uint8Array.from(
    world.arena.view(pixels),
    (value) => Math.min(255, Math.max(0, Math.floor(255 * value + 0.5))),
  );
}

/** A blur written down from its definition: a two-dimensional window of doubles, clamped coordinates. */
function plainBlur(values: number[], width: number, height: number, sigma: number): number[] {
  const radius = Math.ceil(3 * sigma);
  const weight = (d: number) => Math.exp(-d * d / (2 * sigma * sigma));
  let norm = 0;
  for (let d = -radius; d <= radius; d++) norm += weight(d);
  const clamp = (v: number, n: number) => Math.min(n - 1, Math.max(0, v));
  return values.map((_, i) => {
    const c = i % 3, x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const from = (clamp(y + dy, height) * width + clamp(x + dx, width)) * 3 + c;
        sum += weight(dx) * weight(dy) * values[from];
      }
    }
    return sum / norm ** 2;
  });
}

Deno.test("GaussianBlur agrees with a plain two-dimensional window, for bytes and floats, at awkward sizes", async () => {
  for (const [width, height] of AWKWARD_SIZES.filter(([w, h]) => w * h < 2000)) {
    const world = new World({ arenaBytes: 2 ** 20 });
    const entity = pairOf(world, width, height);
    const bytes = Array.from(world.arena.view(world.get(entity, RGB).pixels), (v) => v / 255);
    const floats = Array.from(world.arena.view(world.get(entity, ReconRGB).pixels));
    const fromBytes = await world.pipe(entity).to(new GaussianBlur({ sigma: 1.2 })).out(BlurRGB);
    assertEquals([fromBytes.sigma, ...fromBytes.pixels.shape], [1.2, height, width, 3]);
    const expected = plainBlur(bytes, width, height, 1.2);
    world.arena.view(fromBytes.pixels).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-6));
    const fromFloats = await world.pipe(entity).to(new GaussianBlur({ sigma: 0.4, of: ReconRGB })).out(
      BlurRGB,
    );
    const expectedFloats = plainBlur(floats, width, height, 0.4);
    world.arena.view(fromFloats.pixels).forEach((value, i) =>
      assertAlmostEquals(value, expectedFloats[i], 1e-6)
    );
  }
});

Deno.test("GaussianBlur keeps a flat picture, and refuses a sigma that makes no sense", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = world.spawnImage({ data: new Uint8ClampedArray(4 * 15).fill(51), width: 5, height: 3 });
  const { pixels } = await world.pipe(entity).to(new GaussianBlur({ sigma: 32 })).out(BlurRGB);
  world.arena.view(pixels).forEach((value) => assertAlmostEquals(value, 0.2, 1e-6));
  for (const sigma of [0, -1, 33, NaN]) {
    assertEquals(assertThrows(() => new GaussianBlur({ sigma }), InvalidValueError).code, "blur-sigma");
  }
});

Deno.test("AddResidual gives the very bytes back that TakeResidual had", async () => {
  for (const [width, height] of AWKWARD_SIZES) {
    const world = new World({ arenaBytes: 2 ** 22 });
    const entity = pairOf(world, width, height);
    const before = world.arena.view(world.get(entity, RGB).pixels).slice();
    const shown = shownBytes(world, entity);
    const { difference } = await world.pipe(entity).to(new TakeResidual()).out(Residual);
    world.arena.view(difference).forEach((value, i) => assertEquals(value, before[i] - shown[i]));
    world.remove(entity, RGB);
    const { pixels } = await world.pipe(entity).use(ReconRGB, Residual).to(new AddResidual()).out(RGB);
    assertEquals(world.arena.view(pixels), before);
  }
});

Deno.test("AddResidual clips to a byte", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const shown = world.arena.allocate([1, 1, 3], "f32"), difference = world.arena.allocate([1, 1, 3], "i16");
  world.arena.write(shown, Float32Array.of(1.5, -1, 0.5));
  world.arena.write(difference, Int16Array.of(9, -9, 2));
  const entity = world.add(world.add(world.newEntity(), new ReconRGB(shown)), new Residual(difference));
  const { pixels } = await world.pipe(entity).to(new AddResidual()).out(RGB);
  assertEquals([...world.arena.view(pixels)], [255, 0, 130]);
});

Deno.test("pictures of different sizes are neither compared nor subtracted", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const small = world.arena.allocate([1, 1, 3], "f32"), wide = world.arena.allocate([1, 2, 3], "i16");
  const entity = world.add(world.spawnImage(noise(2, 2, 1)), new ReconRGB(small));
  const residual = world.add(entity, new Residual(wide));
  for (
    const pipe of [
      world.pipe(entity).to(new MetricSSIM()),
      world.pipe(entity).to(new TakeResidual()),
      world.pipe(residual).to(new AddResidual()),
    ]
  ) {
    assertEquals((await assertRejects(() => pipe.run(), PipeError)).code, "picture-mismatch");
  }
});

Deno.test("the metrics score each entity of a batch as psnr(), ssim() and msSsim() do", async () => {
  const world = new World({ arenaBytes: 2 ** 22 });
  const entities = [[40, 30], [17, 25], [1, 1]].map(([width, height], i) => pairOf(world, width, height, i));
  const scored = await world.pipe(entities).through(new MetricPSNR(), new MetricSSIM(), new MetricMSSSIM())
    .run();
  for (const entity of scored) {
    const { pixels } = world.get(entity, RGB);
    const [height, width] = pixels.shape;
    const a = { data: world.arena.view(pixels), width, height };
    const b = { data: shownBytes(world, entity), width, height };
    assertEquals(world.get(entity, PSNR).decibels, psnr(a, b));
    assertEquals(world.get(entity, SSIM).value, ssim(a, b));
    assertEquals(world.get(entity, MSSSIM).value, msSsim(a, b));
  }
});

Deno.test("a metric can score a blurred picture, and does not compile without one", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = world.spawnImage(noise(24, 24, 3));
  const blurred = (sigma: number) => world.pipe(entity).to(new GaussianBlur({ sigma }));
  const slight = await blurred(0.3).to(new MetricPSNR({ of: BlurRGB })).out(PSNR);
  const strong = await blurred(2).to(new MetricPSNR({ of: BlurRGB })).out(PSNR);
  assertEquals(slight.decibels > strong.decibels, true);
  // @ts-expect-error Nothing made ReconRGB.
  blurred(1).to(new MetricPSNR());
  // @ts-expect-error Nothing made BlurRGB.
  world.pipe(entity).to(new MetricSSIM({ of: BlurRGB }));
});
