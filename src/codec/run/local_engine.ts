import { ANSBitstream, QuantizedPyr, QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity, PyramidLayout } from "../../core/mod.ts";
import { ANSDecode, ANSEncode, QuantizeU8 } from "../../systems/mod.ts";
import { World } from "../../world.ts";
import type {
  CodedTile,
  CodingChoice,
  EngineOptions,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
  TileEngine,
} from "./tile_engine.ts";
import type { PlacedPyramid, Rect, Window } from "../tiles/tile_grid.ts";
import { analyseIn, stagesOf, synthesiseIn } from "../streams/tile_work.ts";
import { checkQuantised } from "../streams/quantised_check.ts";
import { refineLatent } from "../plan/refine_latent.ts";
import type { SampleData } from "../samples.ts";
import { arenaBytesOf, type StreamSpec } from "../streams/stream_spec.ts";
import type { EntityPipeOptions } from "../streams/stream_stages.ts";
import { unwrapped } from "./unwrap.ts";
import { WorldCache } from "./world_cache.ts";

/** Runs tiles in this thread, one job at a time, in a world that it keeps for the next. */
export class LocalEngine implements TileEngine {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number = 1;
  readonly #pipe: EntityPipeOptions;
  readonly #worlds: WorldCache<World>;

  /** @param options Listener and abort signal. */
  constructor(options: EngineOptions = {}) {
    this.#pipe = options.signal ? { signal: options.signal } : {};
    this.#worlds = new WorldCache((arenaBytes) => new World({ arenaBytes }), options);
  }

  /** See {@linkcode TileEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    tile: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#worlds.run(
      arenaBytesOf(spec, window.layout),
      async (world) => (await analyseIn(world, spec, [{ samples, pixels, window, tile }], this.#pipe))[0],
    );
  }

  /** See {@linkcode TileEngine.refine}. */
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

  /** See {@linkcode TileEngine.encode}. */
  encode(spec: StreamSpec, tile: PlacedPyramid, choice: CodingChoice): Promise<CodedTile> {
    const { coefficients, layout } = tile;
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
        const quantised = world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients);
        checkQuantised(coefficients, quantised, layout, world.get(entity as Entity, QuantParams).steps);
      }
      const stream = world.get(entity as Entity, ANSBitstream);
      return {
        coder: stream.coder,
        sections: stream.sections.map((section) => world.host.view(section).slice()),
      };
    });
  }

  /** See {@linkcode TileEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<Int32Array> {
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
      return world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients).slice();
    });
  }

  /** See {@linkcode TileEngine.synthesise}. */
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
