import { ANSBitstream, QuantizedPyr } from "../../components/mod.ts";
import { type Entity, type PyramidLayout, VaeransError } from "../../core/mod.ts";
import { ANSDecode } from "../../systems/ans_decode.ts";
import { World } from "../../world.ts";
import type { CodedTile, EngineOptions, SynthesisPlace, TileEncoder, TileEngine } from "./tile_engine.ts";
import type { PlacedPyramid } from "../tiles/tile_grid.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import { decodingOf, synthesiseIn } from "../streams/tile_work.ts";
import type { SampleData } from "../samples.ts";
import { arenaBytesOf } from "../streams/arena_bytes.ts";
import type { StreamSpec } from "../streams/stream_spec.ts";
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
  async analyse(...args: Parameters<TileEncoder["analyse"]>): Promise<Float32Array | Int32Array> {
    return await this.#encoder().analyse(...args);
  }

  /** See {@linkcode TileEngine.refine}. */
  async refine(...args: Parameters<TileEncoder["refine"]>): Promise<Float32Array> {
    return await this.#encoder().refine(...args);
  }

  /** See {@linkcode TileEngine.encode}. */
  async encode(...args: Parameters<TileEncoder["encode"]>): Promise<CodedTile> {
    return await this.#encoder().encode(...args);
  }

  /** See {@linkcode TileEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<Int32Array> {
    const sectionBytes = coded.sections.reduce((sum, section) => sum + section.length + 16, 0);
    return this.#worlds.run(arenaBytesOf("decode", spec, layout) + sectionBytes, async (world) => {
      const { decoder, quant } = await decodingOf(spec);
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
      arenaBytesOf("synthesise", spec, window.layout),
      (world) => synthesiseIn(world, spec, window, place, this.#pipe),
    );
  }

  /** Lets go of the world. */
  close(): void {
    this.#worlds.close();
  }

  #encoder(): TileEncoder {
    const { encoder } = OPTIONAL_PARTS;
    if (encoder) return encoder(this.#worlds, this.#pipe);
    throw new VaeransError(
      "encoder-missing",
      "Cannot encode a tile: this thread must have the encoder (got the decoder only). Start the workers with the package's " +
        "main entry point.",
    );
  }
}
