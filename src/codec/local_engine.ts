import { ANSBitstream, QuantParams, SymbolsU8, WaveletPyr } from "../components/mod.ts";
import type { Entity, PyramidLayout } from "../core/mod.ts";
import { coefficientsFromSymbols } from "../entropy/mod.ts";
import { ANSDecode, ANSEncode, QuantizeU8 } from "../systems/mod.ts";
import { World } from "../world.ts";
import type {
  CodedGroup,
  CodingChoice,
  EngineOptions,
  GroupEngine,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
} from "./group_engine.ts";
import type { PlacedPyramid, Rect, Window } from "./group_grid.ts";
import { analyseIn, stagesOf, synthesiseIn } from "./group_work.ts";
import { checkQuantised } from "./quantised_check.ts";
import { refineLatent } from "./refine_latent.ts";
import type { SampleData } from "./samples.ts";
import { arenaBytesOf, type StreamSpec } from "./stream_spec.ts";
import type { EntityPipeOptions } from "./stream_stages.ts";
import { unwrapped } from "./unwrap.ts";
import { WorldKeeper } from "./world_keeper.ts";

/** Runs groups in this thread, one job at a time, in a world that it keeps for the next. */
export class LocalEngine implements GroupEngine {
  /** See {@linkcode GroupEngine.concurrency}. */
  readonly concurrency: number = 1;
  readonly #pipe: EntityPipeOptions;
  readonly #worlds: WorldKeeper<World>;

  /** @param options Listener and abort signal. */
  constructor(options: EngineOptions = {}) {
    this.#pipe = options.signal ? { signal: options.signal } : {};
    this.#worlds = new WorldKeeper((arenaBytes) => new World({ arenaBytes }), options);
  }

  /** See {@linkcode GroupEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    group: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#worlds.run(
      arenaBytesOf(spec, window.layout),
      async (world) => (await analyseIn(world, spec, [{ samples, pixels, window, group }], this.#pipe))[0],
    );
  }

  /** See {@linkcode GroupEngine.refine}. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array> {
    return this.#worlds.run(
      2 * arenaBytesOf(spec, window.layout),
      (world) => refineLatent(world, spec, window, place, choice, this.#pipe),
    );
  }

  /** See {@linkcode GroupEngine.encode}. */
  encode(spec: StreamSpec, group: PlacedPyramid, choice: CodingChoice): Promise<CodedGroup> {
    const { coefficients, layout } = group;
    return this.#worlds.run(arenaBytesOf(spec, layout), async (world) => {
      const { quantiser, coder } = (await stagesOf(spec)).coding(layout, choice);
      const dtype = coefficients instanceof Float32Array ? "f32" : "i32";
      const ref = world.arena.allocate([layout.coefficientCount], dtype);
      world.arena.view(ref).set(coefficients);
      const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, layout));
      await unwrapped(
        world.pipe(entity, this.#pipe).to(new QuantizeU8("forward", quantiser)).to(new ANSEncode(coder)),
      );
      if (coefficients instanceof Float32Array) {
        const { symbols, escapes } = world.get(entity as Entity, SymbolsU8);
        const quantised = coefficientsFromSymbols(world.host.view(symbols), world.host.view(escapes));
        checkQuantised(coefficients, quantised, layout, world.get(entity as Entity, QuantParams).steps);
      }
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
    return this.#worlds.run(arenaBytesOf(spec, layout) + sectionBytes, async (world) => {
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
    return this.#worlds.run(
      arenaBytesOf(spec, window.layout),
      (world) => synthesiseIn(world, spec, window, place, this.#pipe),
    );
  }

  /** Lets go of the world. */
  close(): void {
    this.#worlds.close();
  }
}
