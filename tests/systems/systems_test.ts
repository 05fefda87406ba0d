import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidValueError, World } from "../../mod.ts";
import {
  ANSBitstream,
  Latent4,
  QuantizedPyr,
  QuantParams,
  ReconRGB,
  type RGB,
  stepFromCode,
  WaveletPyr,
  YUVW4,
} from "../../src/components/mod.ts";
import {
  ANSDecode,
  ANSEncode,
  ColourYCC,
  Hadamard4,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  type VaeModel,
  WaveletCDF53,
  WaveletHaar,
} from "../../src/systems/mod.ts";
import { type DenseTensor, type Entity, PipeError } from "../../src/core/mod.ts";
import { AWKWARD_SIZES, randomFloats, randomSource } from "../random.ts";

/** A model of averages: latent channel c of a place is the mean of colour c (0 for the fourth) over its 4×4 pixels. */
class MeanModel implements VaeModel {
  readonly name = "mean";
  readonly downsampling = 4;
  readonly paddingMultiple = 8;
  readonly latentScale = 2;
  readonly latentShift = 0.5;
  readonly inputRange = { scale: 2, shift: -1 };
  readonly outputRange = { scale: 2, shift: -1 };
  readonly calls: string[] = [];
  readonly steps: number[] = [];

  encode({ values, shape }: DenseTensor): Promise<DenseTensor> {
    this.calls.push(`encode ${shape.join("×")}`);
    const [n, , height, width] = shape, h = height / 4, w = width / 4;
    const out = new Float32Array(n * 4 * h * w);
    for (let i = 0; i < n * 3; i++) {
      const image = Math.floor(i / 3), channel = i % 3;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          out[((image * 4 + channel) * h + (y >> 2)) * w + (x >> 2)] += values[(i * height + y) * width + x] /
            16;
        }
      }
    }
    return Promise.resolve({ values: out, shape: [n, 4, h, w] });
  }

  decode({ values, shape }: DenseTensor, steps: Float32Array): Promise<DenseTensor> {
    this.steps.push(...steps);
    this.calls.push(`decode ${shape.join("×")}`);
    const [n, , h, w] = shape, height = 4 * h, width = 4 * w;
    const out = new Float32Array(n * 3 * height * width);
    for (let i = 0; i < n * 3; i++) {
      const image = Math.floor(i / 3), channel = i % 3;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          out[(i * height + y) * width + x] = values[((image * 4 + channel) * h + (y >> 2)) * w + (x >> 2)];
        }
      }
    }
    return Promise.resolve({ values: out, shape: [n, 3, height, width] });
  }
}

const flat = (width: number, height: number, [r, g, b]: number[]) => ({
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => [r, g, b, 255][i & 3]),
  width,
  height,
});

function latentOf(world: World, width: number, height: number, range = 3): Entity<Latent4> {
  const values = world.arena.allocate([4, height, width], "f32");
  world.arena.write(values, randomFloats(values.elementCount, range, width * 31 + height));
  return world.add(world.newEntity(), new Latent4(values, { width: 4 * width, height: 4 * height }));
}

Deno.test("the VAE systems group entities by padded shape, one inference a group, and keep sizes apart", async () => {
  const world = new World();
  const model = new MeanModel();
  const pictures = [flat(16, 8, [255, 0, 51]), flat(5, 3, [0, 255, 102]), flat(13, 7, [10, 20, 30])];
  const entities = pictures.map((picture) => world.spawnImage(picture));
  const results = await world.pipe(entities).to(new OnnxVAEEncode(model)).to(new OnnxVAEDecode(model)).out(
    ReconRGB,
  );
  assertEquals(model.calls, ["encode 2×3×8×16", "encode 1×3×8×8", "decode 2×4×2×4", "decode 1×4×2×2"]);
  results.forEach(({ pixels }, i) => {
    assertEquals(pixels.shape, [pictures[i].height, pictures[i].width, 3]);
    world.arena.view(pixels).forEach((value, k) =>
      assertAlmostEquals(255 * value, pictures[i].data[Math.floor(k / 3) * 4 + k % 3], 1e-3)
    );
  });
});

Deno.test("latent scale and shift are applied on the way in and undone on the way out", async () => {
  const world = new World();
  const model = new MeanModel();
  const entity = world.spawnImage(flat(8, 8, [255, 255, 255]));
  const latent = await world.pipe(entity).to(new OnnxVAEEncode(model)).out(Latent4);
  assertAlmostEquals(world.arena.view(latent.values)[0], (1 - 0.5) * 2, 1e-6);
});

Deno.test("a batch of mixed shapes, in any order, gives what each picture gives alone", async () => {
  const model = new MeanModel();
  const sizes = [[16, 8], [5, 3], [13, 7], [16, 8], [5, 3], [16, 8]] as const;
  const pictures = sizes.map(([width, height], i) => flat(width, height, [40 * i, 255 - 30 * i, 7 * i]));
  const run = async (world: World, entities: Entity<RGB>[]) => {
    const recons = await world.pipe(entities)
      .to(new OnnxVAEEncode(model)).to(new Hadamard4("forward")).to(new WaveletCDF53("forward"))
      .to(new QuantizeU8("forward", { step: 0.003 }))
      .to(new QuantizeU8("inverse"))
      .to(new WaveletCDF53("inverse")).to(new Hadamard4("inverse")).to(new OnnxVAEDecode(model))
      .out(ReconRGB);
    const multiples = entities.map((entity) => world.host.view(world.get(entity, QuantizedPyr).coefficients));
    assertEquals(multiples.flatMap((values) => [...values]).some((value) => Math.abs(value) > 127), true);
    return recons.map(({ pixels }, i) => [
      world.arena.view(pixels).slice(),
      multiples[i].slice(),
    ]);
  };
  const together = new World();
  const alike = together.spawnBatchImages([pictures[0], pictures[3]]);
  const others = [1, 2, 4, 5].map((i) => together.spawnImage(pictures[i]));
  const results = await run(together, [alike[0], others[0], others[1], alike[1], others[2], others[3]]);
  for (const [i, picture] of pictures.entries()) {
    const alone = new World();
    assertEquals(results[i], (await run(alone, [alone.spawnImage(picture)]))[0], `picture ${i}`);
  }
});

Deno.test("a decoder is told the base step of each latent, and 2^-20 for those never quantised", async () => {
  const world = new World(), model = new MeanModel();
  const [fine, coarse, plain] = [4, 7, 6].map((side) => latentOf(world, side, 4));
  const quantise = async (entity: Entity<Latent4>, step: number) => {
    const { stepCode } = await world.pipe(entity).to(new Hadamard4("forward")).to(new WaveletCDF53("forward"))
      .to(new QuantizeU8("forward", { step })).out(QuantParams);
    return stepFromCode(stepCode);
  };
  const steps = [await quantise(fine, 0.01), await quantise(coarse, 0.5), 2 ** -20];
  const shapes = [fine, coarse, plain, latentOf(world, 4, 4)];
  await world.pipe(shapes).to(new OnnxVAEDecode(model)).run();
  // Latents of one shape go together: the first and the last.
  assertEquals(model.steps, [steps[0], 2 ** -20, steps[1], steps[2]].map(Math.fround));
});

Deno.test("a model that gives an unexpected shape is an error that names it", async () => {
  const world = new World();
  const model = Object.assign(new MeanModel(), { downsampling: 8 });
  const entity = world.spawnImage(flat(8, 8, [1, 2, 3]));
  const error = await assertRejects(
    () => world.pipe(entity).to(new OnnxVAEEncode(model)).run(),
    PipeError,
    "model mean",
  );
  assertEquals(error.code, "model-shape");
});

Deno.test("the way from latent to bytes and back is within half a step, at any size, with both wavelets", async () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const Wavelet of [WaveletCDF53, WaveletHaar]) {
      const world = new World({ arenaBytes: 2 ** 22 });
      const entity = latentOf(world, width, height);
      const before = world.arena.view(world.get(entity, Latent4).values).slice();
      const stream = await world.pipe(entity).through(
        new Hadamard4("forward"),
        new Wavelet("forward", { levels: 3 }),
        new QuantizeU8("forward", { step: 0.01 }),
        new ANSEncode({ model: "static" }),
      ).out(ANSBitstream);
      const decoder = new World({ arenaBytes: 2 ** 22 });
      const sections = stream.sections.map((ref) => {
        const copy = decoder.arena.allocate(ref.shape, "u8");
        decoder.arena.write(copy, world.arena.view(ref).slice());
        return copy;
      });
      const decoded = decoder.add(
        decoder.newEntity(),
        new ANSBitstream(sections, stream.coder, stream.layout, stream.quant, stream.picture),
      );
      const latent = await decoder.pipe(decoded).through(
        new ANSDecode(),
        new QuantizeU8("inverse"),
        new Wavelet("inverse"),
        new Hadamard4("inverse"),
      ).out(Latent4);
      decoder.arena.view(latent.values).forEach((value, i) => assertAlmostEquals(value, before[i], 0.05));
      assertEquals(latent.picture, { width: 4 * width, height: 4 * height });
    }
  }
});

Deno.test("the quantiser's error falls and the symbols' magnitudes rise with quality", async () => {
  let lastError = Infinity, lastSum = 0;
  for (let quality = 1; quality <= 100; quality += 9) {
    const world = new World({ arenaBytes: 2 ** 22 });
    const entity = latentOf(world, 32, 32, 100);
    const pipe = world.pipe(entity).through(new Hadamard4("forward"), new WaveletCDF53("forward"));
    const before = world.arena.view((await pipe.out(WaveletPyr)).coefficients).slice();
    const after = await world.pipe(entity).use(WaveletPyr)
      .through(new QuantizeU8("forward", { quality }), new QuantizeU8("inverse")).out(WaveletPyr);
    const values = Array.from(world.arena.view(after.coefficients));
    const error = values.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0);
    const nonzero = values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
    assertEquals(error < lastError, true, `error at quality ${quality}`);
    assertEquals(nonzero >= lastSum, true, `zeros at quality ${quality}`);
    [lastError, lastSum] = [error, nonzero];
  }
});

Deno.test("integers pass wavelet, quantiser and coder unchanged", async () => {
  for (const Wavelet of [WaveletCDF53, WaveletHaar]) {
    const world = new World({ arenaBytes: 2 ** 22 });
    const values = world.arena.allocate([4, 5, 9], "i32");
    world.arena.write(values, Int32Array.from(randomFloats(180, 999, 4), Math.round));
    const before = world.arena.view(values).slice();
    const entity = world.add(world.newEntity(), new YUVW4(values, { width: 9, height: 5 }));
    const back = await world.pipe(entity).through(
      new Wavelet("forward", { levels: 4 }),
      new QuantizeU8("forward"),
      new ANSEncode({ model: "static" }),
      new ANSDecode(),
    ).through(new QuantizeU8("inverse"), new Wavelet("inverse")).out(YUVW4);
    assertEquals(world.arena.view(back.values), before);
  }
});

Deno.test("ColourYCC gives pixels back: within 1e-4 in floats, exactly in integers", async () => {
  const next = randomSource(9);
  const picture = {
    data: Uint8ClampedArray.from({ length: 4 * 35 }, () => next() * 256),
    width: 7,
    height: 5,
  };
  const world = new World({ arenaBytes: 2 ** 22 });
  for (const options of [{}, { bound: 0 }]) {
    const entity = world.spawnImage(picture);
    const { pixels } = await world.pipe(entity)
      .to(new ColourYCC("forward", options))
      .to(new ColourYCC("inverse"))
      .out(ReconRGB);
    world.arena.view(pixels).forEach((value, i) => {
      const expected = picture.data[Math.floor(i / 3) * 4 + i % 3];
      assertAlmostEquals(value * 255, expected, options.bound === undefined ? 1e-2 : 1e-4);
    });
  }
});

Deno.test("options out of range are refused when a system is made", () => {
  assertThrows(() => new QuantizeU8("forward", { quality: 0 }), InvalidValueError, "quality 0");
  assertThrows(() => new QuantizeU8("forward", { rounding: 0.6 }), InvalidValueError, "rounding 0.6");
  assertThrows(() => new QuantizeU8("forward", { step: 0 }), InvalidValueError, "step of 0");
});

Deno.test("a damaged stream is an error that names its section", async () => {
  const world = new World({ arenaBytes: 2 ** 22 });
  const entity = latentOf(world, 64, 64);
  const pipe = world.pipe(entity).through(
    new Hadamard4("forward"),
    new WaveletCDF53("forward"),
    new QuantizeU8("forward", { step: 0.05 }),
    new ANSEncode({ model: "static" }),
  );
  const stream = await pipe.out(ANSBitstream);
  const cut = world.arena.allocate([3], "u8");
  world.arena.view(cut).fill(255);
  const damaged = world.add(
    world.newEntity(),
    new ANSBitstream([stream.sections[0], cut], 0, stream.layout, stream.quant, stream.picture),
  );
  const error = await assertRejects(
    () => world.pipe(damaged).to(new ANSDecode()).run(),
    PipeError,
    "section 1",
  );
  assertEquals(error.code, "section-damaged");
});
