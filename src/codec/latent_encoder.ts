import { ANSBitstream, clampedCodeFromStep, stepFromCode, type WaveletPyr } from "../components/mod.ts";
import type { Entity } from "../core/mod.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { LATENT_SECTION, writeContainer } from "../format/mod.ts";
import { type OnnxModel, stepOfQuality } from "../models/mod.ts";
import { ANSEncode, Hadamard4, OnnxVAEEncode, QuantizeU8, waveletSystem } from "../systems/mod.ts";
import { type PictureLike, World } from "../world.ts";
import { arenaBytesFor } from "./geometry.ts";
import type { CompressOptions } from "./options.ts";
import { priorOf } from "./prior.ts";
import type { StepEncoder } from "./step_encoder.ts";
import { unwrapped } from "./unwrap.ts";

/** A picture's wavelet pyramid, to be encoded with one step or many: the encoder's network runs once. */
export class LatentEncoder implements StepEncoder {
  readonly #world: World;
  readonly #entity: Entity<WaveletPyr>;
  readonly #model: OnnxModel;
  readonly #options: CompressOptions;
  readonly #picture: PictureLike;

  private constructor(
    world: World,
    entity: Entity<WaveletPyr>,
    model: OnnxModel,
    picture: PictureLike,
    options: CompressOptions,
  ) {
    this.#world = world;
    this.#entity = entity;
    this.#model = model;
    this.#picture = picture;
    this.#options = options;
  }

  /** Runs the network, the rotation and the wavelet. */
  static async open(
    picture: PictureLike,
    model: OnnxModel,
    options: CompressOptions,
  ): Promise<LatentEncoder> {
    const { manifest } = model;
    const world = new World({ arenaBytes: arenaBytesFor(manifest, picture) });
    const entity = world.spawnImage(picture);
    await unwrapped(
      world.pipe(entity)
        .to(new OnnxVAEEncode(model))
        .to(new Hadamard4("forward"))
        .to(waveletSystem(manifest.wavelet, "forward", { levels: manifest.levels }))
        .run(),
    );
    return new LatentEncoder(world, entity as Entity as Entity<WaveletPyr>, model, picture, options);
  }

  codeOfQuality(quality: number): number {
    return clampedCodeFromStep(stepOfQuality(this.#model.manifest, quality));
  }

  /** The whole file for a step. `quality` is noted in its header, 0 for none. */
  async encode(stepCode: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const { manifest } = this.#model;
    const { entropy: model = "context", effort = DEFAULT_EFFORT } = this.#options;
    const prior = await priorOf(this.#model);
    const start = prior === undefined ? {} : { prior };
    const stream = await unwrapped(
      this.#world.pipe(this.#entity)
        .to(
          new QuantizeU8("forward", {
            step: stepFromCode(stepCode),
            gains: manifest.bandGains,
            ...(model === "context" && { optimise: { effort, ...start } }),
          }),
        )
        .to(new ANSEncode({ model, ...start }))
        .out(ANSBitstream),
    );
    const { layout, sections, coder } = stream;
    return writeContainer(
      {
        width: this.#picture.width,
        height: this.#picture.height,
        modelId: this.#model.id,
        modelName: this.#model.id === 0 ? this.#model.name : "",
        modelFingerprint: this.#model.fingerprint,
        wavelet: layout.wavelet,
        levels: layout.levels,
        stepCode,
        quality,
      },
      sections.map((ref) => ({ kind: LATENT_SECTION | coder, payload: this.#world.host.view(ref) })),
    );
  }

  report(): void {
    const { onStep } = this.#options;
    if (onStep) this.#world.trace.records.forEach((record) => onStep(record));
  }
}
