import { assertEquals } from "@std/assert";
import { Latent4, ReconRGB, ReconRGBA8 } from "../../src/components/mod.ts";
import { loadModel } from "../../src/models/load.ts";
import { OnnxVAEDecode } from "../../src/systems/vae.ts";
import { OnnxVAEDecodeU8 } from "../../src/systems/vae_bytes.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { World } from "../../mod.ts";
import { randomSource } from "../random.ts";

const PICTURE = { width: 77, height: 45 };

/** A latent of large values, so that the decoder's output is clipped in places. */
function latentOf(world: World, seed: number) {
  const values = world.arena.allocate([4, 12, 20], "f32"), random = randomSource(seed);
  world.arena.view(values).set(Float32Array.from({ length: 960 }, () => 12 * (random() - 0.5)));
  return world.add(world.newEntity(), new Latent4(values, PICTURE));
}

Deno.test("OnnxVAEDecodeU8 gives the floats of OnnxVAEDecode, rounded, or their luma", async () => {
  const model = await loadModel("vaerans-4");
  for (const isGrey of [false, true]) {
    const world = new World();
    const floats = latentOf(world, 5), bytes = latentOf(world, 5);
    await world.pipe(floats).to(new OnnxVAEDecode(model)).run();
    await world.pipe(bytes).to(new OnnxVAEDecodeU8(model, { isGrey })).run();
    const rgb = world.arena.view(world.get(floats as never, ReconRGB).pixels);
    const actual = world.arena.view(world.get(bytes as never, ReconRGBA8).pixels);
    const expected = new Uint8Array(actual.length);
    for (let i = 0; i < expected.length / 4; i++) {
      const [red, green, blue] = rgb.subarray(3 * i, 3 * i + 3);
      const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
      const shown = isGrey ? [luma, luma, luma] : [red, green, blue];
      expected.set([...shown.map((value) => Math.floor(255 * value + 0.5)), 255], 4 * i);
    }
    assertEquals(actual, expected);
    assertEquals([Math.min(...rgb), Math.max(...rgb)], [0, 1]);
  }
});

Deno.test("kernels without WebAssembly round what a model's own runtime gives", async () => {
  const world = new World(), kernels = new CpuKernels(world.arena);
  const source = world.arena.allocate([4, 1, 1], "f32"), target = world.arena.allocate([1, 1, 4], "u8");
  const values = Float32Array.of(0, 9, 9, 9, -1, 9, 9, 9, 1.5, 9, 9, 9);
  const net = { run: () => Promise.resolve({ values, shape: [1, 3, 2, 2] }) };
  const shape = await kernels.inferBytes(net, source, target, { scale: 2, shift: -1 }, false);
  assertEquals(shape, [1, 3, 2, 2]);
  assertEquals([...world.arena.view(target)], [128, 0, 255, 255]);
});
