import { ANSBitstream, type QuantParams, SymbolsU8, WaveletPyr } from "../components/mod.ts";
import type { Entity, PyramidLayout } from "../core/mod.ts";
import { coefficientsFromSymbols, symbolsFromCoefficients } from "../entropy/mod.ts";
import { ANSDecode, ANSEncode, QuantizeU8 } from "../systems/mod.ts";
import { World } from "../world.ts";
import type { CodedGroup, CodingChoice, EngineOptions, GroupEngine, SynthesisPlace } from "./group_engine.ts";
import { copyCoefficients, type PlacedPyramid, type Rect, type Window } from "./group_grid.ts";
import { latentStages } from "./latent_stages.ts";
import { exactStages, pixelStages } from "./pixel_stages.ts";
import type { SampleData } from "./samples.ts";
import { arenaBytesOf, type StreamSpec } from "./stream_spec.ts";
import type { EntityPipeOptions, StreamStages } from "./stream_stages.ts";
import { unwrapped } from "./unwrap.ts";

/** Runs groups in this thread, one job at a time, in a world that it keeps for the next. */
export class LocalEngine implements GroupEngine {
  /** See {@linkcode GroupEngine.concurrency}. */
  readonly concurrency = 1;
  readonly #options: EngineOptions;
  readonly #pipe: EntityPipeOptions;
  #world: World | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param options Listener and abort signal. */
  constructor(options: EngineOptions = {}) {
    this.#options = options;
    this.#pipe = options.signal ? { signal: options.signal } : {};
  }

  /** See {@linkcode GroupEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    group: Window,
  ): Promise<Float32Array | Int32Array> {
    const { width, height } = pixels;
    return this.#inWorld(arenaBytesOf(spec, window.layout), async (world) => {
      const stages = await stagesOf(spec);
      const entity = await stages.analyse(world, samples, { width, height }, this.#pipe);
      const coefficients = world.arena.view(world.get(entity, WaveletPyr).coefficients);
      const cropped = coefficients instanceof Float32Array
        ? new Float32Array(group.layout.coefficientCount)
        : new Int32Array(group.layout.coefficientCount);
      copyCoefficients({ ...window, coefficients }, { ...group, coefficients: cropped });
      return cropped;
    });
  }

  /** See {@linkcode GroupEngine.encode}. */
  encode(spec: StreamSpec, group: PlacedPyramid, choice: CodingChoice): Promise<CodedGroup> {
    const { coefficients, layout } = group;
    return this.#inWorld(arenaBytesOf(spec, layout), async (world) => {
      const { quantiser, coder } = (await stagesOf(spec)).coding(layout, choice);
      const dtype = coefficients instanceof Float32Array ? "f32" : "i32";
      const ref = world.arena.allocate([layout.coefficientCount], dtype);
      world.arena.view(ref).set(coefficients);
      const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, layout));
      await unwrapped(
        world.pipe(entity, this.#pipe).to(new QuantizeU8("forward", quantiser)).to(new ANSEncode(coder)),
      );
      const stream = world.get(entity as Entity, ANSBitstream);
      return {
        coder: stream.coder,
        sections: stream.sections.map((section) => world.host.view(section).slice()),
      };
    });
  }

  /** See {@linkcode GroupEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedGroup): Promise<Int32Array> {
    const sectionBytes = coded.sections.reduce((sum, section) => sum + section.length + 16, 0);
    return this.#inWorld(arenaBytesOf(spec, layout) + sectionBytes, async (world) => {
      const { decoder, quant } = await stagesOf(spec);
      const sections = coded.sections.map((bytes) => {
        const ref = world.host.allocate([bytes.length], "u8");
        world.host.view(ref).set(bytes);
        return ref;
      });
      const stream = new ANSBitstream(sections, coded.coder, layout, quant(layout, 0), layout);
      const entity = world.add(world.newEntity(), stream);
      await unwrapped(world.pipe(entity, this.#pipe).to(new ANSDecode(decoder)));
      const { symbols, escapes } = world.get(entity as Entity, SymbolsU8);
      return coefficientsFromSymbols(world.host.view(symbols), world.host.view(escapes));
    });
  }

  /** See {@linkcode GroupEngine.synthesise}. */
  synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<Int32Array>,
    place: SynthesisPlace,
  ): Promise<SampleData> {
    const { layout, rect, coefficients } = window;
    return this.#inWorld(arenaBytesOf(spec, layout), async (world) => {
      const stages = await stagesOf(spec);
      const { symbols, escapes } = symbolsFromCoefficients(coefficients);
      const symbolRef = world.host.allocate([symbols.length], "u8");
      world.host.view(symbolRef).set(symbols);
      const escapeRef = world.host.allocate([escapes.length], "i32");
      world.host.view(escapeRef).set(escapes);
      const entity = world.newEntity() as Entity<SymbolsU8 | QuantParams>;
      world.add(entity, new SymbolsU8(symbolRef, escapeRef, layout, layout));
      world.add(entity, stages.quant(layout, place.stepCode));
      await unwrapped(world.pipe(entity, this.#pipe).to(new QuantizeU8("inverse")));
      const { x, y, width, height } = place.net;
      const net = { x: x - rect.x, y: y - rect.y, width, height };
      return await stages.synthesise(world, entity as Entity, net, place, this.#pipe);
    });
  }

  /** Lets go of the world. */
  close(): void {
    this.#world = undefined;
  }

  /** One job after the other: a world is not shared. */
  #inWorld<T>(arenaBytes: number, job: (world: World) => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      this.#options.signal?.throwIfAborted();
      if (!this.#world || this.#world.arena.stats().capacityBytes < arenaBytes) {
        this.#world = new World({ arenaBytes });
      }
      const world = this.#world;
      try {
        return await job(world);
      } finally {
        const records = world.trace.records.splice(0);
        if (this.#options.onStep) records.forEach((record) => this.#options.onStep!(record));
        world.clear();
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }
}

/** The pipelines of a stream; latents load their model. */
async function stagesOf(spec: StreamSpec): Promise<StreamStages> {
  if (spec.kind === "latent") return await latentStages(spec);
  return spec.kind === "pixels" ? pixelStages(spec) : exactStages(spec);
}
