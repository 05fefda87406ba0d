import { ANSBitstream, clampedCodeFromStep, stepFromCode, WaveletPyr, YCC3 } from "../components/mod.ts";
import type { Entity } from "../core/mod.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { crc32c, EXACT_SECTION, PIXEL_CHECK_SECTION, PIXEL_SECTION, writeContainer } from "../format/mod.ts";
import { stepOfQuality } from "../models/mod.ts";
import { ANSEncode, ColourYCC, QuantizeU8, waveletSystem } from "../systems/mod.ts";
import { type PictureLike, World } from "../world.ts";
import { pixelArenaBytes } from "./geometry.ts";
import type { CompressOptions } from "./options.ts";
import {
  EXACT_LEVELS,
  EXACT_WAVELET,
  LOSSY_WAVELET,
  PIXEL_LEVELS,
  PIXEL_QUALITY,
  PIXEL_ROUNDING,
  pixelGains,
  PIXELS,
} from "./pixel_params.ts";
import type { StepEncoder } from "./step_encoder.ts";
import { unwrapped } from "./unwrap.ts";

/** A picture's own wavelet pyramid, for rates where no latent holds enough. */
export class PixelEncoder implements StepEncoder {
  readonly #world: World;
  readonly #entity: Entity<WaveletPyr>;
  readonly #options: CompressOptions;
  readonly #picture: PictureLike;
  readonly #bound: number | undefined;

  private constructor(
    world: World,
    entity: Entity<WaveletPyr>,
    picture: PictureLike,
    options: CompressOptions,
    bound: number | undefined,
  ) {
    this.#world = world;
    this.#entity = entity;
    this.#picture = picture;
    this.#options = options;
    this.#bound = bound;
  }

  /**
   * Runs the colour transform and the wavelet.
   *
   * @param bound Largest error of a sample, 0 to 127, for an exact stream; left out for lossy ones.
   */
  static async open(picture: PictureLike, options: CompressOptions, bound?: number): Promise<PixelEncoder> {
    const world = new World({ arenaBytes: pixelArenaBytes(picture) });
    const entity = world.spawnImage(picture);
    const wavelet = bound === undefined ? LOSSY_WAVELET : EXACT_WAVELET;
    const levels = bound === undefined || options.entropy === "static" ? PIXEL_LEVELS : EXACT_LEVELS;
    await unwrapped(
      world.pipe(entity)
        .to(new ColourYCC("forward", bound === undefined ? {} : { bound }))
        .to(waveletSystem(wavelet, "forward", { levels, planes: YCC3 }))
        .run(),
    );
    return new PixelEncoder(world, entity as Entity as Entity<WaveletPyr>, picture, options, bound);
  }

  codeOfQuality(quality: number): number {
    return clampedCodeFromStep(stepOfQuality(PIXEL_QUALITY, quality));
  }

  /** The whole file. Exact streams have no step: `stepCode` is ignored. */
  async encode(stepCode: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const { entropy, effort = DEFAULT_EFFORT } = this.#options;
    const model = entropy === "static" ? "static" : "wide";
    const { layout } = this.#world.get(this.#entity, WaveletPyr);
    const { sections, coder } = await unwrapped(
      this.#world.pipe(this.#entity)
        .to(
          new QuantizeU8("forward", {
            step: stepFromCode(stepCode),
            gains: pixelGains(layout),
            ...(model === "wide" ? { optimise: { effort, coder: model } } : { rounding: PIXEL_ROUNDING }),
          }),
        )
        .to(new ANSEncode({ model }))
        .out(ANSBitstream),
    );
    const exact = this.#bound !== undefined;
    const kind = (exact ? EXACT_SECTION : PIXEL_SECTION) | coder;
    const files = sections.map((ref) => ({ kind, payload: this.#world.host.view(ref) as Uint8Array }));
    if (this.#bound === 0) files.push({ kind: PIXEL_CHECK_SECTION, payload: pixelCheck(this.#picture.data) });
    return writeContainer({
      width: this.#picture.width,
      height: this.#picture.height,
      modelId: PIXELS.id,
      modelName: "",
      modelFingerprint: 0,
      wavelet: layout.wavelet,
      levels: layout.levels,
      stepCode: this.#bound ?? stepCode,
      quality,
    }, files);
  }

  report(): void {
    const { onStep } = this.#options;
    if (onStep) this.#world.trace.records.forEach((record) => onStep(record));
  }
}

/** CRC-32C of the R, G, B bytes of RGBA data, four bytes little-endian. */
export function pixelCheck(rgba: Uint8ClampedArray | Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  const check = new Uint8Array(4);
  new DataView(check.buffer).setUint32(0, crc32c(rgb), true);
  return check;
}
