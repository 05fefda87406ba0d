import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { compress, decompress, inspect, InvalidValueError, World } from "../../mod.ts";
import { ANSBitstream, ReconRGB, RGB, VaerFile, Ycc3 } from "../../src/components/mod.ts";
import {
  ANSDecode,
  ANSEncode,
  ColourYcc,
  Hadamard4,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  spawnFile,
  VaerRead,
  VaerWrite,
  WaveletCDF53,
  WaveletHaar,
} from "../../src/systems/mod.ts";
import { type Component, type ComponentType, type Entity, PipeError, System } from "../../src/core/mod.ts";
import type { Kernels, KernelWorld } from "../../src/kernels/kernels.ts";
import { loadModel } from "../../src/models/mod.ts";
import { runCli } from "../cli/run_cli.ts";
import { withFolder } from "../with_folder.ts";
import * as systems from "../../src/systems/mod.ts";
import { STANDARD_SYSTEMS } from "../../src/systems/standard.ts";

const SIZE = { width: 53, height: 38 };
const PICTURE = {
  ...SIZE,
  data: Uint8ClampedArray.from(
    { length: 4 * 53 * 38 },
    (_, i) => i % 4 === 3 ? 255 : 120 + 90 * Math.sin(i / 37) + (i * 7919) % 23,
  ),
};

/** A system that a reader must know: it negates what it is given. */
class Negate extends System<RGB, RGB, Kernels> {
  readonly mode = "forward" as const;
  readonly required: readonly ComponentType<RGB>[] = [RGB];
  readonly produced: readonly ComponentType<RGB>[] = [RGB];
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { pixels } = world.get(entity, RGB), target = world.arena.allocate(pixels.shape, "u8");
      const values = await world.arena.read(pixels) as Uint8Array<ArrayBuffer>;
      world.arena.write(target, values.map((value) => 255 - value));
      world.add(entity, new RGB(target));
    }
  }
}

async function bytesOf(world: World, entity: Entity): Promise<Uint8Array> {
  return (await world.read(world.get(entity, VaerFile).bytes)).slice();
}

async function exactFile(user = {}): Promise<Uint8Array> {
  const world = new World({ arenaBytes: 2 ** 22 });
  const entity = await world.pipe(world.spawnImage(PICTURE))
    .to(new ColourYcc("forward", { bound: 0 }))
    .to(new WaveletHaar("forward", { levels: 3, planes: Ycc3 }))
    .to(new QuantizeU8("forward"))
    .to(new ANSEncode({ model: "subband" }))
    .to(new VaerWrite({ user }))
    .run();
  return await bytesOf(world, entity as Entity);
}

Deno.test("inspect on the command line prints the systems of a pipe, and those of the user's own", async () => {
  const world = new World({ arenaBytes: 2 ** 22 });
  const entity = await world.pipe(world.spawnImage(PICTURE))
    .to(new Negate())
    .to(new ColourYcc("forward", { bound: 0 }))
    .to(new WaveletHaar("forward", { levels: 3, planes: Ycc3 }))
    .to(new QuantizeU8("forward"))
    .to(new ANSEncode({ model: "subband" }))
    .to(new VaerWrite())
    .run();
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/own.vaer`, await bytesOf(world, entity as Entity));
    await Deno.writeFile(`${folder}/standard.vaer`, await exactFile());
    await Deno.writeFile(
      `${folder}/photo.vaer`,
      await compress(PICTURE, {
        lossless: true,
        metadata: { user: { pipe: { systems: ["a"], custom: ["b"] } } },
      }),
    );
    const own = await runCli(["inspect", `${folder}/own.vaer`]);
    assertMatch(own.out, /^systems +Negate.*, .*ANSEncode/m);
    assertMatch(own.out, /^custom +Negate$/m);
    const { pipe } = JSON.parse((await runCli(["inspect", `${folder}/own.vaer`, "--json"])).out);
    assertEquals(pipe.custom, ["Negate"]);
    assertMatch((await runCli(["inspect", `${folder}/standard.vaer`])).out, /^custom +none$/m);
    assertEquals(/^custom/m.test((await runCli(["inspect", `${folder}/photo.vaer`])).out), false);
  });
});

Deno.test("a pipe's file reads back in another world, and its pixels are exact", async () => {
  const file = await exactFile({ note: "mine" });
  const world = new World({ arenaBytes: 2 ** 22 });
  const { pixels } = await world.pipe(spawnFile(world, file))
    .to(new VaerRead())
    .to(new ANSDecode())
    .to(new QuantizeU8("inverse"))
    .to(new WaveletHaar("inverse", { planes: Ycc3 }))
    .to(new ColourYcc("inverse"))
    .out(ReconRGB);
  const restored = world.arena.view(pixels);
  assertEquals(pixels.shape, [SIZE.height, SIZE.width, 3]);
  restored.forEach((value, i) =>
    assertEquals(Math.round(255 * value), PICTURE.data[4 * Math.floor(i / 3) + i % 3])
  );
});

Deno.test("a pipe with a model becomes a file that another world decodes to the same pixels", async () => {
  const model = await loadModel("vaerans-8"), encoder = new World();
  const entity = await encoder.pipe(encoder.spawnImage(PICTURE))
    .to(new OnnxVAEEncode(model))
    .to(new Hadamard4("forward"))
    .to(new WaveletCDF53("forward"))
    .to(new QuantizeU8("forward", { step: 0.2, gains: Array.from({ length: 40 }, (_, i) => 1 + i / 40) }))
    .to(new ANSEncode())
    .to(new VaerWrite())
    .run();
  const decode = async (world: World, from: Entity<VaerFile>) => {
    const { pixels } = await world.pipe(from)
      .to(new VaerRead())
      .to(new ANSDecode())
      .to(new QuantizeU8("inverse"))
      .to(new WaveletCDF53("inverse"))
      .to(new Hadamard4("inverse"))
      .to(new OnnxVAEDecode(model))
      .out(ReconRGB);
    return world.arena.view(pixels).slice();
  };
  const file = await bytesOf(encoder, entity as Entity), other = new World();
  assertEquals(await decode(other, spawnFile(other, file)), await decode(encoder, entity));
});

Deno.test("inspect() reads the header of a pipe's file, and decompress() refuses the file by name", async () => {
  const file = await exactFile(), info = inspect(file);
  assertEquals([info.width, info.height, info.model, info.levels], [53, 38, "pipe", 3]);
  const error = await assertRejects(() => decompress(file));
  assertEquals((error as { code?: string }).code, "file-pipe");
});

Deno.test("VaerRead refuses a file of compress(), and says which function reads it", async () => {
  const world = new World({ arenaBytes: 2 ** 22 });
  const file = await compress(PICTURE, { lossless: true });
  const error = await assertRejects(
    () => world.pipe(spawnFile(world, file)).to(new VaerRead()).run(),
    PipeError,
    "Use decompress()",
  );
  assertEquals(error.code, "file-pipe");
});

Deno.test("a file names its custom systems, and VaerRead refuses those that the caller does not list", async () => {
  const world = new World({ arenaBytes: 2 ** 22 });
  const entity = await world.pipe(world.spawnImage(PICTURE))
    .to(new Negate())
    .to(new ColourYcc("forward", { bound: 0 }))
    .to(new WaveletHaar("forward", { levels: 1, planes: Ycc3 }))
    .to(new QuantizeU8("forward"))
    .to(new ANSEncode({ model: "static" }))
    .to(new VaerWrite())
    .run();
  const file = await bytesOf(world, entity as Entity);
  const read = (options: ConstructorParameters<typeof VaerRead>[0]) =>
    world.pipe(spawnFile(world, file)).to(new VaerRead(options)).out(ANSBitstream);
  const error = await assertRejects(() => read({}), PipeError, "must be known (got Negate)");
  assertEquals(error.code, "file-systems");
  assertEquals((await read({ systems: [Negate] })).layout.channels, 3);
});

Deno.test("a damaged record of a pipe is an error, whatever it holds", async () => {
  const file = await exactFile(), text = new TextDecoder("latin1").decode(file);
  const world = new World({ arenaBytes: 2 ** 22 });
  const { readContainer, writeContainer } = await import("../../src/format/mod.ts");
  const { header, sections } = readContainer(file);
  assert(text.includes('"planes"'));
  const { pipe } = JSON.parse(new TextDecoder().decode(sections.at(-1)!.payload));
  const changed = (change: Record<string, unknown>) => JSON.stringify({ pipe: { ...pipe, ...change } });
  const records = [
    changed({ steps: pipe.steps.map(() => "1") }),
    changed({ steps: pipe.steps.map(() => -1) }),
    changed({ steps: pipe.steps.map(() => null) }),
    changed({ exactBound: "none" }),
    changed({ exactBound: -1 }),
    changed({ custom: [3] }),
    "",
    "{}",
    "null",
    '{"pipe":1}',
    '{"pipe":{"planes":{"channels":3,"width":1e9,"height":2}}}',
  ];
  for (
    const record of [
      ...records,
      '{"pipe":{"planes":{"channels":3,"width":53,"height":38},"custom":[],"systems":[],"steps":[1]}}',
    ]
  ) {
    const payload = new TextEncoder().encode(record);
    const damaged = writeContainer(header, [...sections.slice(0, -1), {
      kind: sections.at(-1)!.kind,
      payload,
    }]);
    const error = await assertRejects(
      () => world.pipe(spawnFile(world, damaged)).to(new VaerRead()).run(),
      PipeError,
    );
    assertEquals(error.code, "file-header", record);
  }
});

Deno.test("VaerWrite refuses user data that would hide the record of the pipe", () => {
  assertThrows(() => new VaerWrite({ user: { pipe: 1 } }), InvalidValueError, "must be free");
});

Deno.test("every exported system counts as one that all readers know", () => {
  const classes = Object.values(systems).filter((value) =>
    typeof value === "function" && value.prototype instanceof System
  ) as (abstract new () => System<Component, Component>)[];
  const abstracts = ["LiftingWavelet", "PictureMetric", "VaerRead", "VaerWrite"];
  const missing = classes.filter((type) => !STANDARD_SYSTEMS.has(type) && !abstracts.includes(type.name));
  assertEquals(missing.map(({ name }) => name), []);
});
