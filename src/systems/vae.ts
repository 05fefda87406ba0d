import { Latent4, ReconRGB, RGB } from "../components/mod.ts";
import { type ComponentType, type DenseTensor, type Entity, InvalidValueError, System } from "../core/mod.ts";
import type { Kernels, KernelWorld, PixelRange } from "../kernels/kernels.ts";

/** What the VAE systems need of a model; `models/` provides it. */
export interface VaeModel {
  /** For messages. */
  readonly name: string;
  /** Pixels a latent's side stands for. */
  readonly downsampling: number;
  /** Sides of the encoder's input must be multiples of this. */
  readonly paddingMultiple: number;
  /** The latent is `(encoder's output − shift) · scale`. */
  readonly latentScale: number;
  /** See `latentScale`. */
  readonly latentShift: number;
  /** Range of the encoder's input. */
  readonly inputRange: PixelRange;
  /** Range of the decoder's output. */
  readonly outputRange: PixelRange;
  /** (n, 3, H, W) → (n, 4, H / f, W / f). */
  encode(pixels: DenseTensor): Promise<DenseTensor>;
  /** (n, 4, h, w) → (n, 3, h · f, w · f). */
  decode(latents: DenseTensor): Promise<DenseTensor>;
}

/**
 * Runs a model's encoder: {@linkcode RGB} → {@linkcode Latent4}. Pictures of one padded shape go through in one
 * inference; any size ≥ 1×1, edges repeated up to the model's multiple.
 */
export class OnnxVAEEncode extends System<RGB, Latent4, Kernels> {
  /** Direction. */
  readonly mode = "encode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<RGB>[] = [RGB];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<Latent4>[] = [Latent4];

  /**
   * Makes the system.
   *
   * @param model The model, loaded.
   */
  constructor(readonly model: VaeModel) {
    super();
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model } = this;
    const pad = (side: number) => Math.ceil(side / model.paddingMultiple) * model.paddingMultiple;
    const groups = groupBy(entities, (entity) => {
      const [height, width] = world.get(entity, RGB).pixels.shape;
      return [pad(height), pad(width)];
    });
    for (const { key: [height, width], members } of groups) {
      const batch = world.arena.allocate([members.length, 3, height, width], "f32");
      members.forEach((entity, i) =>
        world.kernels.rgbToPlanar(
          world.get(entity, RGB).pixels,
          world.arena.subref(batch, i),
          model.inputRange,
        )
      );
      const output = await model.encode({ values: world.arena.view(batch), shape: batch.shape });
      const expected = [members.length, 4, height / model.downsampling, width / model.downsampling];
      checkShape(model.name, "encoder", output.shape, expected);
      const latents = world.arena.allocate(output.shape, "f32");
      affine(
        output.values,
        world.arena.view(latents),
        model.latentScale,
        -model.latentShift * model.latentScale,
      );
      members.forEach((entity, i) => {
        const [pictureHeight, pictureWidth] = world.get(entity, RGB).pixels.shape;
        world.add(
          entity,
          new Latent4(world.arena.subref(latents, i), { width: pictureWidth, height: pictureHeight }),
        );
      });
    }
  }
}

/**
 * Runs a model's decoder: {@linkcode Latent4} → {@linkcode ReconRGB}, clipped to [0, 1] and cropped to the picture.
 * Latents of one shape go through in one inference.
 */
export class OnnxVAEDecode extends System<Latent4, ReconRGB, Kernels> {
  /** Direction. */
  readonly mode = "decode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<Latent4>[] = [Latent4];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<ReconRGB>[] = [ReconRGB];

  /**
   * Makes the system.
   *
   * @param model The model, loaded.
   */
  constructor(readonly model: VaeModel) {
    super();
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model } = this;
    const groups = groupBy(entities, (entity) => world.get(entity, Latent4).values.shape);
    for (const { key: [, height, width], members } of groups) {
      const batch = world.arena.allocate([members.length, 4, height, width], "f32");
      members.forEach((entity, i) => {
        const latent = world.arena.view(world.get(entity, Latent4).values);
        affine(
          latent,
          world.arena.view(world.arena.subref(batch, i)),
          1 / model.latentScale,
          model.latentShift,
        );
      });
      const output = await model.decode({ values: world.arena.view(batch), shape: batch.shape });
      const expected = [members.length, 3, height * model.downsampling, width * model.downsampling];
      checkShape(model.name, "decoder", output.shape, expected);
      const planes = world.arena.allocate(output.shape, "f32");
      world.arena.view(planes).set(output.values);
      members.forEach((entity, i) => {
        const { picture } = world.get(entity, Latent4);
        const pixels = world.arena.allocate([picture.height, picture.width, 3], "f32");
        world.kernels.planarToRgb(world.arena.subref(planes, i), pixels, model.outputRange);
        world.add(entity, new ReconRGB(pixels));
      });
    }
  }
}

function affine(source: Float32Array, target: Float32Array, scale: number, shift: number): void {
  if (scale === 1 && shift === 0) return target.set(source);
  for (let i = 0; i < target.length; i++) target[i] = source[i] * scale + shift;
}

function checkShape(
  model: string,
  net: string,
  actual: readonly number[],
  expected: readonly number[],
): void {
  if (actual.length !== 4 || expected.some((extent, axis) => actual[axis] !== extent)) {
    throw new InvalidValueError(
      "model-shape",
      `Cannot use the ${net} of model ${model}: it gave shape [${actual.join(", ")}] where [${
        expected.join(", ")
      }] ` +
        "is due; check downsampling and channels in its manifest",
    );
  }
}

function groupBy(
  entities: readonly Entity[],
  keyOf: (entity: Entity) => readonly number[],
): { key: readonly number[]; members: Entity[] }[] {
  const groups = new Map<string, { key: readonly number[]; members: Entity[] }>();
  for (const entity of entities) {
    const key = keyOf(entity);
    const group = groups.get(key.join());
    if (group) group.members.push(entity);
    else groups.set(key.join(), { key, members: [entity] });
  }
  return [...groups.values()];
}
