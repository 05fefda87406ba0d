import "../../src/kernels/cpu/all_kernels.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { World } from "../../mod.ts";
import { CpuArena, type Entity, EntityWorld, PipeError, pyramidLayout } from "../../src/core/mod.ts";
import { GpuWorld } from "../../src/gpu_world.ts";
import type { KernelWorld } from "../../src/kernels/kernels.ts";
import { type QuantizeOptions, QuantizeU8 } from "../../src/systems/mod.ts";
import { WaveletPyr } from "../../src/components/mod.ts";
import { BatchKernels } from "../../src/kernels/cpu/batch_kernels.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { gpu } from "../gpu.ts";

/** Long enough for the SIMD loop of the first detail bands and its remainder. */
const LAYOUT = pyramidLayout("haar", 1, { channels: 2, width: 26, height: 18 });
const WORLDS: { readonly [device: string]: () => KernelWorld | Promise<KernelWorld> } = {
  "CPU (TypeScript)": () => {
    const arena = new CpuArena(2 ** 22);
    return new EntityWorld(arena, new BatchKernels(arena, new CpuKernels(arena)));
  },
  "CPU (WebAssembly)": () => new World({ arenaBytes: 2 ** 22 }),
  ...(gpu && { "GPU": () => GpuWorld.open({ arenaBytes: 2 ** 22, allowSoftware: true }) }),
};
/** The place of a value in the band HL of channel 1. */
const BAND = LAYOUT.bands.findIndex(({ orientation, channel }) => orientation === 1 && channel === 1);
const PLACE = LAYOUT.bands[BAND].offset + 37;

/** Quantises and dequantises pictures of ones that have `value` at `PLACE` of the last one. */
async function roundTrip(
  world: KernelWorld,
  value: number,
  options: QuantizeOptions,
  count = 1,
): Promise<number> {
  const batch = world.arena.allocate([count, LAYOUT.coefficientCount], "f32");
  const values = new Float32Array(batch.elementCount).fill(1);
  values[(count - 1) * LAYOUT.coefficientCount + PLACE] = value;
  world.arena.write(batch, values);
  const entities = Array.from({ length: count }, (_, i) =>
    world.add(
      world.newEntity(),
      new WaveletPyr(world.arena.subref(batch, i), LAYOUT, { width: 26, height: 18 }),
    ));
  await world.pipe(entities).to(new QuantizeU8("forward", options)).to(new QuantizeU8("inverse")).run();
  const last = entities[count - 1] as Entity as Entity<WaveletPyr>;
  return (await world.arena.read(world.get(last, WaveletPyr).coefficients))[PLACE];
}

const WAYS: { readonly [way: string]: { readonly options: QuantizeOptions; readonly mostSteps: number } } = {
  rounding: { options: {}, mostSteps: 2 ** 31 - 128 },
  "a dead zone": { options: { rounding: 0.25 }, mostSteps: 2 ** 31 - 128 },
  optimisation: { options: { optimise: { effort: 1 } }, mostSteps: 2 ** 25 - 2 },
};

for (const [device, open] of Object.entries(WORLDS)) {
  for (const [way, { options, mostSteps }] of Object.entries(WAYS)) {
    Deno.test(`QuantizeU8 by ${way} refuses what an i32 cannot hold, on the ${device}`, async () => {
      const world = await open();
      for (const value of [1e9, -1e9, 3e38, Infinity, -Infinity, NaN]) {
        for (const count of [1, 3]) {
          const error = await assertRejects(
            () => roundTrip(world, value, { ...options, step: 0.1 }, count),
            PipeError,
            "Cannot quantise coefficient 37 of band HL, level 1, channel 1",
          );
          assertEquals(error.code, "quant-range");
          assert(error.message.includes(`(got ${Math.fround(value)})`), error.message);
        }
      }
      world.arena.destroy?.();
    });

    Deno.test(`QuantizeU8 by ${way} keeps the largest value that it accepts, on the ${device}`, async () => {
      const world = await open();
      const step = 1, norm = (await stepOf(world, step)) / step;
      for (const value of [128, 70_000, -1e6, mostSteps * norm * 0.999, -mostSteps * norm * 0.999]) {
        const back = await roundTrip(world, value, { ...options, step });
        assert(
          Math.abs(back - value) <= 0.76 * norm + Math.abs(value) * 2 ** -22,
          `${value} came back as ${back}`,
        );
      }
      world.arena.destroy?.();
    });
  }
}

/** Step of the band that `PLACE` lies in. */
async function stepOf(world: KernelWorld, step: number): Promise<number> {
  // A value of half a step at most becomes 0: the smallest that does not is half a step.
  let [least, most] = [0, 64];
  for (let i = 0; i < 24; i++) {
    const middle = (least + most) / 2;
    if (await roundTrip(world, middle, { step }) === 0) least = middle;
    else most = middle;
  }
  return 2 * most;
}
