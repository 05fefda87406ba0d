import { assert, assertEquals, assertRejects } from "@std/assert";
import { BlurRGB, Latent4, ReconRGB, type RGB } from "../../src/components/mod.ts";
import { type Entity, type PictureInput, PipeError } from "../../src/core/mod.ts";
import { GpuWorld } from "../../src/gpu_world.ts";
import { loadModel } from "../../src/models/mod.ts";
import {
  ColourYcc,
  GaussianBlur,
  MetricPsnr,
  OnnxVAEDecode,
  OnnxVAEEncode,
  TakeResidual,
} from "../../src/systems/mod.ts";
import { type PictureWorld, World } from "../../src/world.ts";
import { gpu } from "../gpu.ts";
import { AWKWARD_SIZES } from "../random.ts";

const model = await loadModel("vaerans-8");
const ARENA_BYTES = 2 ** 25;
const WORLDS: { readonly [device: string]: () => PictureWorld | Promise<PictureWorld> } = {
  CPU: () => new World({ arenaBytes: ARENA_BYTES }),
  ...(gpu && { GPU: () => GpuWorld.open({ arenaBytes: ARENA_BYTES, allowSoftware: true }) }),
};

function bytesOf(width: number, height: number): PictureInput {
  const data = Uint8ClampedArray.from(
    { length: 4 * width * height },
    (_, i) => i % 4 === 3 ? 255 : 128 + 90 * Math.sin(i / 23) + 20 * Math.cos(i * i),
  );
  return { data, width, height };
}

/** The same picture in other types of samples. */
function alikes({ data, width, height }: PictureInput): { readonly [type: string]: PictureInput } {
  return {
    f32: { data: Float32Array.from(data, (byte) => byte / 255), width, height },
    f16: { data: Float16Array.from(data, (byte) => byte / 255), width, height },
    u16: { data: Uint16Array.from(data, (byte) => byte * 257), width, height },
  };
}

async function latentOf(world: PictureWorld, entity: Entity<RGB>): Promise<Float32Array> {
  const { values } = await world.pipe(entity).to(new OnnxVAEEncode(model)).out(Latent4);
  return await world.read(values);
}

for (const [device, open] of Object.entries(WORLDS)) {
  Deno.test(`OnnxVAEEncode takes RGB of f32 and gives the latent of u8, on the ${device}`, async () => {
    const world = await open();
    for (const [width, height] of AWKWARD_SIZES) {
      const picture = bytesOf(width, height), expected = await latentOf(world, world.spawnImage(picture));
      for (const [type, alike] of Object.entries(alikes(picture))) {
        const entity = world.spawnImage(alike);
        const actual = await latentOf(world, entity);
        const tolerance = type === "f16" ? 0.02 : 2e-4;
        const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
        assert(worst <= tolerance, `${type}, ${width}×${height}: ${worst}`);
      }
      world.clear();
    }
    world.arena.destroy();
  });

  Deno.test(`OnnxVAEEncode keeps more than 8 bits of an RGB of f32, on the ${device}`, async () => {
    const world = await open(), width = 64, height = 64;
    const data = Float32Array.from(
      { length: 4 * width * height },
      (_, i) => 0.5 + (i % 4 === 3 ? 0.5 : i / 1e7),
    );
    const rounded = Float32Array.from(data, (value) => Math.round(value * 255) / 255);
    const [fine, coarse] = [data, rounded].map((data) => world.spawnImage({ data, width, height }));
    const [a, b] = [await latentOf(world, fine), await latentOf(world, coarse)];
    assert(a.some((value, i) => value !== b[i]));
    world.arena.destroy();
  });

  Deno.test(`pipes take pictures of u8 and f32 together, on the ${device}`, async () => {
    const world = await open(), picture = bytesOf(24, 16), { f32 } = alikes(picture);
    const entities = [world.spawnImage(picture), world.spawnImage(f32), world.spawnImage(picture)];
    const shown = await world.pipe(entities).to(new OnnxVAEEncode(model)).to(new OnnxVAEDecode(model)).out(
      ReconRGB,
    );
    const [a, b, c] = await Promise.all(shown.map(({ pixels }) => world.read(pixels)));
    assertEquals(a, c);
    assert(a.every((value, i) => Math.abs(value - b[i]) < 1e-3));
    const [, mixed] = world.spawnBatchImages([picture, f32]);
    const pixels = await world.read(
      (await world.pipe(mixed).to(new GaussianBlur({ sigma: 1 })).out(BlurRGB)).pixels,
    );
    const own = world.spawnImage(picture);
    const expected = await world.read(
      (await world.pipe(own).to(new GaussianBlur({ sigma: 1 })).out(BlurRGB)).pixels,
    );
    assert(pixels.every((value, i) => Math.abs(value - expected[i]) < 1e-5));
    world.arena.destroy();
  });

  Deno.test(`systems that count in 8-bit levels refuse an RGB of f32, on the ${device}`, async () => {
    const world = await open(), entity = world.spawnImage(alikes(bytesOf(8, 8)).f32);
    const shown = world.arena.allocate([8, 8, 3], "f32");
    world.arena.write(shown, new Float32Array(192));
    const both = world.add(entity, new ReconRGB(shown));
    for (
      const run of [
        () => world.pipe(both).to(new ColourYcc("forward")).run(),
        () => world.pipe(both).to(new TakeResidual()).run(),
        () => world.pipe(both).to(new MetricPsnr()).run(),
      ]
    ) {
      assertEquals(
        (await assertRejects(run, PipeError, "the samples of RGB must be u8 (got f32)")).code,
        "picture-dtype",
      );
    }
    world.arena.destroy();
  });
}
