// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { Latent4, QuantParams, ReconRGB, RGB, stepFromCode } from "../components/mod.ts";
import {
  type Batch,
  batchesOf,
  type ComponentType,
  type DenseTensor,
  type Dtype,
  type Entity,
  groupEntities,
  InvalidValueError,
  System,
  type TensorRef,
} from "../core/mod.ts";
import { checkChoiceOption, checkOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import { NET_RUNTIMES } from "../kernels/kernels.ts";
import type {
  GpuTensor,
  GpuValues,
  Kernels,
  KernelWorld,
  Net,
  NetPlan,
  NetRuntime,
  PixelRange,
} from "../kernels/kernels.ts";

/** Pixels of one inference at most, unless one picture has more: activations take some hundred bytes each. */
const MAX_BATCH_PIXELS = 2 ** 21;

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
  /** Whether the decoder undoes scale and shift itself; absent for no. */
  readonly decoderExpectsScaledLatent?: boolean;
  /** Range of the encoder's input. */
  readonly inputRange: PixelRange;
  /** Range of the decoder's output. */
  readonly outputRange: PixelRange;
  /** (n, 3, H, W) → (n, 4, H / f, W / f). */
  encode(pixels: DenseTensor): Promise<DenseTensor>;
  /**
   * (n, 4, h, w) → (n, 3, h · f, w · f).
   *
   * @param steps (n): base step that each latent was quantised with, {@linkcode UNQUANTISED_STEP} if it was not.
   */
  decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor>;
  /**
   * What a net does, for kernels that run it themselves; without it, or where it gives nothing, `encode` and `decode` are called.
   * With runtime `"own"` it gives a plan or throws, with `"onnxruntime"` it gives nothing.
   */
  planOf?(net: "encoder" | "decoder", runtime: NetRuntime): Promise<NetPlan | undefined>;
  /** The encoder on a GPU, as {@linkcode Net.runOnGpu}; without it, a GPU's pictures cross to the CPU and back. */
  encodeOnGpu?: Net["runOnGpu"];
  /** The decoder on a GPU. */
  decodeOnGpu?(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor>;
}

/** Options of {@linkcode OnnxVAEEncode} and {@linkcode OnnxVAEDecode}. */
export interface VaeOptions {
  /** Runs the net on a CPU; `"auto"` by default. A GPU has no own runtime. */
  readonly runtime?: NetRuntime;
}

/** Base step that stands for a latent as it left the encoder: finer than any quantiser's. */
export const UNQUANTISED_STEP = 2 ** -20;

/**
 * Runs a model's encoder: {@linkcode RGB} of u8 or f32 → {@linkcode Latent4}. Pictures of one padded shape go through in one
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
   * @param options Runtime of the net.
   */
  constructor(readonly model: VaeModel, readonly options: VaeOptions = {}) {
    super();
    checkParameters("OnnxVAEEncode", model, "encode", options);
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model } = this;
    const pad = (side: number) => Math.ceil(side / model.paddingMultiple) * model.paddingMultiple;
    const pixelsOf = (entity: Entity) => world.get(entity, RGB).pixels;
    const paddedShape = (entity: Entity) => pixelsOf(entity).shape.slice(0, 2).map(pad);
    const limit = (entity: Entity) => {
      const [height, width] = paddedShape(entity);
      return inferenceLimit(height * width, world);
    };
    const keyOf = (entity: Entity) => [...paddedShape(entity), pixelsOf(entity).dtype];
    for (const group of groupEntities(entities, keyOf, limit)) {
      const [height, width] = paddedShape(group[0]);
      const planes = world.arena.allocate([group.length, 3, height, width], "f32");
      const batches = batchesOf(world.arena, group, pixelsOf, Infinity);
      forSlices(
        world,
        batches,
        planes,
        (source, slices) => world.kernels.rgbToPlanar(source, slices, model.inputRange),
      );
      const expected = [group.length, 4, height / model.downsampling, width / model.downsampling];
      const net: Net = {
        ...cpuNet(world, model, "encoder", this.options, (pixels) => model.encode(pixels)),
        ...model.encodeOnGpu && { runOnGpu: (device, pixels) => model.encodeOnGpu!(device, pixels) },
      };
      const output = await world.kernels.infer(net, planes, (shape) => {
        checkShape(model.name, "encoder", shape, expected);
        return world.arena.allocate(shape, "f32");
      });
      const latents = affine(world, output, model.latentScale, -model.latentShift * model.latentScale);
      batches.flatMap((batch) => batch.entities).forEach((entity, i) => {
        const [pictureHeight, pictureWidth] = pixelsOf(entity).shape;
        const picture = { width: pictureWidth, height: pictureHeight };
        world.add(entity, new Latent4(world.arena.subref(latents, i), picture));
      });
    }
  }
}

/**
 * Runs a model's decoder: {@linkcode Latent4} → {@linkcode ReconRGB}, clipped to [0, 1] and cropped to the picture.
 * Latents of one shape go through in one inference. A decoder that asks for it is told the base step of the entity's
 * {@linkcode QuantParams}, where it has any.
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
   * @param options Runtime of the net.
   */
  constructor(readonly model: VaeModel, readonly options: VaeOptions = {}) {
    super();
    checkParameters("OnnxVAEDecode", model, "decode", options);
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model } = this;
    const latentOf = (entity: Entity) => world.get(entity, Latent4);
    const keyOf = (entity: Entity) => latentOf(entity).values.shape;
    const limit = (entity: Entity) =>
      inferenceLimit(latentOf(entity).values.elementCount / 4 * model.downsampling ** 2, world);
    for (const group of groupEntities(entities, keyOf, limit)) {
      const [, height, width] = keyOf(group[0]);
      const latents = world.arena.allocate([group.length, 4, height, width], "f32");
      const batches = batchesOf(world.arena, group, (entity) => latentOf(entity).values, Infinity);
      const [scale, shift] = decoderScale(model);
      forSlices(
        world,
        batches,
        latents,
        (source, slices) => world.kernels.affine(source, slices, scale, shift),
      );
      const expected = [group.length, 3, height * model.downsampling, width * model.downsampling];
      const ordered = batches.flatMap((batch) => batch.entities);
      const steps = Float32Array.from(ordered, (entity) => stepOf(world, entity));
      const net: Net = {
        ...decoderNet(world, model, this.options, steps),
        ...model.decodeOnGpu && { runOnGpu: (device, values) => model.decodeOnGpu!(device, values, steps) },
      };
      const planes = await world.kernels.infer(net, latents, (shape) => {
        checkShape(model.name, "decoder", shape, expected);
        return world.arena.allocate(shape, "f32");
      });
      const pictureOf = (entity: Entity) => latentOf(entity).picture;
      const places = new Map(ordered.map((entity, i) => [entity, world.arena.subref(planes, i)]));
      for (
        const alike of groupEntities(ordered, (entity) => [pictureOf(entity).width, pictureOf(entity).height])
      ) {
        const picture = pictureOf(alike[0]);
        for (
          const batch of batchesOf(
            world.arena,
            alike,
            (entity) => places.get(entity)!,
            world.kernels.maxTensorBytes,
          )
        ) {
          const shape = [batch.entities.length, picture.height, picture.width, 3];
          const pixels = world.arena.allocate(shape, "f32");
          world.kernels.planarToRgb(batch.tensor, pixels, model.outputRange);
          for (const [i, entity] of batch.entities.entries()) {
            world.add(entity, new ReconRGB(world.arena.subref(pixels, i)));
          }
        }
      }
    }
  }
}

function checkParameters(
  system: string,
  model: VaeModel,
  method: "encode" | "decode",
  options: VaeOptions,
): void {
  checkNames(`make ${system}`, options, ["runtime"]);
  const isModel = typeof model?.[method] === "function";
  checkOption(system, isModel, "model", "a VaeModel, such as loadModel() gives", model);
  checkChoiceOption(system, "runtime", options.runtime, NET_RUNTIMES);
}

/** Factor and summand that make a decoder's input of a latent. */
export function decoderScale(model: VaeModel): readonly [number, number] {
  return model.decoderExpectsScaledLatent ? [1, 0] : [1 / model.latentScale, model.latentShift];
}

/** The decoder on a CPU; errors: `InvalidValueError` ("runtime-unavailable"). */
export function decoderNet(
  world: KernelWorld,
  model: VaeModel,
  options: VaeOptions,
  steps: Float32Array,
): Net {
  return {
    ...cpuNet(world, model, "decoder", options, (values) => model.decode(values, steps)),
    conditions: steps,
  };
}

/** How a net runs on a CPU; errors: `InvalidValueError` ("runtime-unavailable"). */
function cpuNet(
  world: KernelWorld,
  model: VaeModel,
  net: "encoder" | "decoder",
  { runtime = "auto" }: VaeOptions,
  run: Net["run"],
): Pick<Net, "run" | "plan"> {
  const unavailable = (reason: string) =>
    new InvalidValueError(
      "runtime-unavailable",
      `Cannot run the ${net} of model ${model.name} with runtime "own": the built-in kernels must be ` +
        `able to run it (got: ${reason}). Use runtime "auto" or "onnxruntime".`,
    );
  if (runtime === "own" && world.kernels.device === "gpu") throw unavailable("a GPU has no kernels for nets");
  if (runtime === "own" && !model.planOf) throw unavailable("the model gives no plans");
  return {
    // Kernels come here if they have no plan, or cannot run one.
    run: runtime === "own"
      ? () => Promise.reject(unavailable("this JavaScript runtime has no WebAssembly SIMD"))
      : run,
    ...model.planOf && { plan: () => model.planOf!(net, runtime) },
  };
}

/** How many pictures of so many pixels go through a net at once. */
function inferenceLimit(pixels: number, world: KernelWorld): number {
  const bytes = 3 * 4 * pixels;
  return Math.max(1, Math.floor(Math.min(MAX_BATCH_PIXELS / pixels, world.kernels.maxTensorBytes / bytes)));
}

/** Calls `work` with each batch's tensor and the slices of `target` that are its place, batch after batch. */
function forSlices<D extends Dtype>(
  world: KernelWorld,
  batches: readonly Batch<D>[],
  target: TensorRef<"f32">,
  work: (source: TensorRef<D>, slices: TensorRef<"f32">) => void,
): void {
  let next = 0;
  for (const { entities, tensor } of batches) {
    const slices = entities.map(() => world.arena.subref(target, next++));
    work(tensor, world.arena.join(slices)!);
  }
}

function affine(
  world: KernelWorld,
  source: TensorRef<"f32">,
  scale: number,
  shift: number,
): TensorRef<"f32"> {
  if (scale === 1 && shift === 0) return source;
  const target = world.arena.allocate(source.shape, "f32");
  world.kernels.affine(source, target, scale, shift);
  return target;
}

/** Base step that an entity's latent was quantised with. */
export function stepOf(world: KernelWorld, entity: Entity): number {
  return world.has(entity, QuantParams)
    ? stepFromCode(world.get(entity as Entity<QuantParams>, QuantParams).stepCode)
    : UNQUANTISED_STEP;
}

/** Refuses an output of another shape: `InvalidValueError` ("model-shape"). */
export function checkShape(
  model: string,
  net: string,
  actual: readonly number[],
  expected: readonly number[],
): void {
  if (actual.length !== 4 || expected.some((extent, axis) => actual[axis] !== extent)) {
    throw new InvalidValueError(
      "model-shape",
      `Cannot use the ${net} of model ${model}: its output must have shape [${expected.join(", ")}] ` +
        `(got [${actual.join(", ")}]). Check downsampling and channels in its manifest.`,
    );
  }
}
