import { assert, assertEquals, assertRejects } from "@std/assert";
import { compress, decompress, inspect, InvalidValueError } from "../../../mod.ts";
import { compressWith } from "../../../src/codec/compress.ts";
import { TILE_JOBS } from "../../../src/codec/streams/tile_jobs.ts";
import { engineFor } from "../../../src/codec/run/engines.ts";
import { gpuTest } from "../../gpu.ts";
import { randomSource } from "../../random.ts";

function picture(width: number, height: number) {
  const next = randomSource(5), data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    data.set([120 + 80 * Math.sin(x / 9), 60 + 2 * y + 9 * next(), x > y ? 200 : 40, 255], 4 * i);
  }
  return { data, width, height };
}

gpuTest(
  "compress() and decompress() on either device: pixels within 1/255 but for 0.1%, 2/255 for all",
  async () => {
    const source = picture(64, 48);
    for (const options of [{ model: "vaerans-8", quality: 50 }, { model: "pixels", quality: 85 }]) {
      for (const encoder of ["cpu", "gpu"] as const) {
        const steps: string[] = [];
        const onStep = ({ step }: { step: string }) => void steps.push(step);
        const file = await compress(source, { ...options, device: encoder, onStep });
        assert(steps.length > 0);
        const [onCpu, onGpu] = [await decompress(file), await decompress(file, { device: "gpu" })];
        const errors = Array.from(onCpu.data, (value, i) => Math.abs(value - onGpu.data[i]));
        assert(errors.every((error) => error <= 2));
        assert(errors.filter((error) => error > 1).length <= errors.length / 1000);
        assertEquals(inspect(file).model, options.model);
      }
    }
  },
);

gpuTest(
  "pictures of one shape that are under way together go through the net together, to the same bytes",
  async () => {
    const batches: number[] = [];
    const engine = engineFor(TILE_JOBS, 1, {
      device: "gpu",
      onStep: ({ step, entities }) => {
        if (step.startsWith("OnnxVAEEncode")) batches.push(entities.length);
      },
    });
    try {
      const options = { model: "vaerans-8", quality: 50 };
      const sources = [picture(48, 32), picture(40, 40), picture(48, 32), picture(48, 32), picture(48, 32)];
      const files = await Promise.all(sources.map((source) => compressWith(source, options, { engine })));
      assertEquals(batches.reduce((sum, count) => sum + count, 0), sources.length);
      assert(Math.max(...batches) > 1);
      const alone = await compress(sources[0], { ...options, device: "gpu" });
      for (const index of [0, 2, 3, 4]) assertEquals(files[index], alone);
      assertEquals(inspect(files[1]).width, 40);
    } finally {
      engine.close();
    }
  },
);

gpuTest("a size is met on the GPU too, and lossless stays exact", async () => {
  const source = picture(40, 30);
  const file = await compress(source, { bytes: 400, device: "gpu" });
  assert(file.length <= 400);
  const exact = await decompress(await compress(source, { lossless: true, device: "gpu" }), {
    device: "gpu",
  });
  assertEquals(exact.data, source.data);
});

gpuTest("auto takes no software adapter: the file is the CPU's, to the byte", async (gpu) => {
  if (!gpu.isSoftware) return;
  const source = picture(40, 30);
  const warn = console.warn, told: string[] = [];
  console.warn = (message: string) => void told.push(message);
  try {
    const files = [await compress(source, { device: "auto" }), await compress(source, { device: "auto" })];
    assertEquals(files[0], await compress(source));
    assertEquals(files[1], files[0]);
  } finally {
    console.warn = warn;
  }
  assertEquals(told.length, 1);
  assert(told[0].includes(gpu.adapterName));
});

Deno.test("a device that there is not is refused", async () => {
  const device = "tpu" as "gpu";
  const error = await assertRejects(() => compress(picture(8, 8), { device }), InvalidValueError, "tpu");
  assertEquals(error.code, "device-unknown");
});
