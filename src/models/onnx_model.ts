// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { type DenseTensor, ModelError } from "../core/mod.ts";
import type { InferenceSession, OnnxRuntime, Tensor } from "../deps/onnxruntime.ts";
import {
  type GpuTensor,
  type GpuValues,
  type NetPlan,
  type NetRuntime,
  outputPlanes,
} from "../kernels/kernels.ts";
import { firstPlanes, sliceBySlice } from "./gpu_slices.ts";
import type { ModelFile, ModelManifest, RangeName } from "./manifest.ts";
import type { NetName } from "./net_ends.ts";
import { type ModelFiles, type NetFile, readNetFile } from "./net_file.ts";
import { CPU_BUILD, failedToStart, GPU_BUILD, unavailable } from "./onnxruntime.ts";
import { type NetEnds, type Planned, planNet } from "./plan_net.ts";

const LATENT_CHANNELS = 4;

type Sessions = Map<NetName, Promise<InferenceSession>>;

/**
 * A VAE on onnxruntime-web, by its wasm or its WebGPU provider. Each net is compiled once a device, when first used. What this
 * package's own kernels can run they are told by `planOf`, and nothing is compiled.
 */
export class OnnxModel {
  /** As read from `manifest.json`. */
  readonly manifest: ModelManifest;
  /** Number in a file's header; 0 for models that do not ship with the package. */
  readonly id: number;
  /** See `modelFingerprint`. */
  readonly fingerprint: number;
  readonly #files: ModelFiles;
  readonly #plans = new Map<NetName, Promise<Planned>>();
  readonly #ends = new Map<NetName, NetEnds>();
  /** Files of nets that have neither a plan nor a session yet, so that they are not read and hashed again. */
  readonly #netFiles = new Map<NetName, Promise<NetFile>>();
  readonly #sessions: Sessions = new Map();
  readonly #gpuSessions = new WeakMap<GPUDevice, Sessions>();

  /**
   * Makes the object.
   *
   * @param manifest Checked manifest.
   * @param id Number in a file's header.
   * @param fingerprint Of the manifest.
   * @param files Gives the verified bytes of files.
   */
  constructor(manifest: ModelManifest, id: number, fingerprint: number, files: ModelFiles) {
    this.manifest = manifest;
    this.id = id;
    this.fingerprint = fingerprint;
    this.#files = files;
  }

  /** For messages. */
  get name(): string {
    return this.manifest.name;
  }

  /** Pixels a latent's side stands for. */
  get downsampling(): number {
    return this.manifest.downsampling;
  }

  /** Sides of the encoder's input must be multiples of this. */
  get paddingMultiple(): number {
    return this.manifest.paddingMultiple;
  }

  /** The latent is `(encoder's output − shift) · scale`. */
  get latentScale(): number {
    return this.manifest.latentScale;
  }

  /** See `latentScale`. */
  get latentShift(): number {
    return this.manifest.latentShift;
  }

  /** Whether the decoder undoes scale and shift itself. */
  get decoderExpectsScaledLatent(): boolean {
    return this.manifest.decoderExpectsScaledLatent ?? false;
  }

  /** Range of the encoder's input. */
  get inputRange(): { readonly scale: number; readonly shift: number } {
    return rangeOf(this.manifest.inputRange);
  }

  /** Range of the decoder's output. */
  get outputRange(): { readonly scale: number; readonly shift: number } {
    return rangeOf(this.manifest.outputRange);
  }

  /** (n, 3, H, W) → (n, 4, H / f, W / f). */
  async encode(pixels: DenseTensor): Promise<DenseTensor> {
    return posteriorMean(await this.#run("encoder", pixels));
  }

  /** (n, 4, h, w) → (n, 3, h · f, w · f); `steps` (n) reach decoders whose manifest names an input for them. */
  decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor> {
    return this.#run("decoder", latents, steps);
  }

  /** As `encode`, from and to buffers of a GPU. */
  async encodeOnGpu(device: GPUDevice, pixels: GpuValues): Promise<GpuTensor> {
    const output = await this.#runOnGpu("encoder", device, pixels);
    return hasVariance(output.shape[1]) ? firstPlanes(device, output, LATENT_CHANNELS) : output;
  }

  /** As `decode`, from and to buffers of a GPU. */
  decodeOnGpu(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor> {
    return this.#runOnGpu("decoder", device, latents, steps);
  }

  /** Bytes of the trained start of the context coder, verified; `undefined` for models without one. */
  async readPrior(): Promise<Uint8Array | undefined> {
    const { prior } = this.manifest.files;
    return prior && await this.#files.read(prior);
  }

  /** All files of the model that its manifest names, verified. */
  async readFiles(): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }[]> {
    const { encoder, decoder, prior } = this.manifest.files;
    const files = [encoder, decoder, ...prior ? [prior] : []];
    return await Promise.all(
      files.flatMap((file) => [file, ...file.external ?? []]).map(async (file: ModelFile) => ({
        path: file.path,
        bytes: await this.#files.read(file),
      })),
    );
  }

  /**
   * What a net does, for kernels to run it.
   *
   * Errors: `ModelError` ("net-unplanned" with `"own"`, "model-tensor", "model-input", "model-output" and those of reading files).
   *
   * @param net Which.
   * @param runtime Asks for it.
   * @returns `undefined` if onnxruntime is to run it: with `"auto"` where there is no plan, with `"onnxruntime"` always.
   */
  async planOf(net: "encoder" | "decoder", runtime: NetRuntime = "auto"): Promise<NetPlan | undefined> {
    if (runtime === "onnxruntime") return undefined;
    let planning = this.#plans.get(net);
    if (!planning) {
      planning = this.#plan(net);
      this.#plans.set(net, planning);
      planning.catch(() => this.#plans.delete(net));
    }
    const planned = await planning;
    if ("plan" in planned) return planned.plan;
    if (runtime === "auto") return undefined;
    throw new ModelError(
      "net-unplanned",
      `Cannot run the ${net} of model ${this.name} with runtime "own": there must be a kernel for every ` +
        `node (got ${planned.obstacle}). Use runtime "auto" or "onnxruntime".`,
    );
  }

  /** Opens a net as it will be needed, so that the first call does not wait for it. */
  async prepare(net: "encoder" | "decoder", runtime: NetRuntime = "auto"): Promise<void> {
    await this.planOf(net, runtime) ?? await this.#session(net);
  }

  async #plan(net: NetName): Promise<Planned> {
    const { graph, ends } = await this.#netFile(net);
    if (!graph) return { obstacle: "its file, which is no ONNX file" };
    const planned = planNet(graph, ends);
    if ("plan" in planned) this.#netFiles.delete(net);
    if (!("plan" in planned) || net === "decoder") return planned;
    const { plan } = planned, output = { ...plan.output, kept: LATENT_CHANNELS };
    return { plan: hasVariance(outputPlanes(plan.output)) ? { ...plan, output } : plan };
  }

  #netFile(net: NetName): Promise<NetFile> {
    let file = this.#netFiles.get(net);
    if (!file) {
      file = readNetFile(net, this.manifest, this.#files);
      this.#netFiles.set(net, file);
      file.then(({ ends }) => this.#ends.set(net, ends)).catch(() => this.#netFiles.delete(net));
    }
    return file;
  }

  async #run(net: NetName, input: DenseTensor, steps?: Float32Array): Promise<DenseTensor> {
    const [session, ort] = [await this.#session(net), await CPU_BUILD.load()];
    if (input.shape[0] > 1 && takesOneAtATime(session)) {
      const parts: DenseTensor[] = [];
      for (const [i, part] of split(input).entries()) {
        parts.push(await this.#run(net, part, steps?.subarray(i, i + 1)));
      }
      return joined(parts);
    }
    const tensor = new ort.Tensor("float32", input.values, input.shape);
    const output = await this.#runSession(net, session, tensor, this.#stepInput(net, ort, steps));
    return { values: output.data as Float32Array, shape: output.dims };
  }

  async #runOnGpu(
    net: NetName,
    device: GPUDevice,
    input: GpuValues,
    steps?: Float32Array,
  ): Promise<GpuTensor> {
    const [session, ort] = [await this.#session(net, device), await GPU_BUILD.load()];
    if (input.shape[0] > 1 && takesOneAtATime(session)) {
      return await sliceBySlice(
        device,
        input,
        (slice, i) => this.#runOnGpu(net, device, slice, steps?.subarray(i, i + 1)),
      );
    }
    const tensor = ort.Tensor.fromGpuBuffer(input.buffer, { dataType: "float32", dims: input.shape });
    const feeds = this.#stepInput(net, ort, steps);
    const output = await oneAtATime(() => this.#runSession(net, session, tensor, feeds));
    return { buffer: output.gpuBuffer as GPUBuffer, shape: output.dims, release: () => output.dispose() };
  }

  async #runSession(
    net: NetName,
    session: InferenceSession,
    tensor: Tensor,
    others: Record<string, Tensor>,
  ): Promise<Tensor> {
    const { input, output } = this.#ends.get(net)!;
    try {
      return (await session.run({ [input]: tensor, ...others }, [output]))[output] as Tensor;
    } catch (cause) {
      throw new ModelError(
        "model-run",
        `Cannot run the ${net} of model ${this.name}: onnxruntime must accept shape ` +
          `[${tensor.dims.join(", ")}] (got: ${
            cause instanceof Error ? cause.message : cause
          }). Export the ` +
          "net for any height and width.",
        { cause },
      );
    }
  }

  /** The base steps, for decoders that have an input for them. */
  #stepInput(net: NetName, ort: OnnxRuntime, steps?: Float32Array): Record<string, Tensor> {
    const { condition } = this.#ends.get(net)!;
    return steps && condition !== undefined
      ? { [condition]: new ort.Tensor("float32", steps, [steps.length]) }
      : {};
  }

  /** A net's session on the CPU, or on a device. */
  #session(net: NetName, device?: GPUDevice): Promise<InferenceSession> {
    let sessions = device ? this.#gpuSessions.get(device) : this.#sessions;
    if (!sessions) this.#gpuSessions.set(device!, sessions = new Map());
    let session = sessions.get(net);
    if (!session) {
      session = this.#open(net, device);
      sessions.set(net, session);
      session.catch(() => sessions.delete(net));
    }
    return session;
  }

  async #open(net: NetName, device?: GPUDevice): Promise<InferenceSession> {
    const build = device ? GPU_BUILD : CPU_BUILD;
    const [{ bytes, external }, ort] = await Promise.all([this.#netFile(net), build.load()]);
    const externalData = Array.from(external, ([path, data]) => ({ path, data }));
    const options: InferenceSession.SessionOptions = { ...externalData.length > 0 && { externalData } };
    try {
      const session = device
        ? await oneAtATime(() =>
          ort.InferenceSession.create(bytes, {
            ...options,
            executionProviders: [
              { name: "webgpu", device } as InferenceSession.WebGpuExecutionProviderOption,
            ],
            preferredOutputLocation: "gpu-buffer",
          })
        )
        : await ort.InferenceSession.create(bytes, { ...options, executionProviders: ["wasm"] });
      this.#netFiles.delete(net);
      await build.started();
      return session;
    } catch (cause) {
      if (failedToStart(cause)) throw unavailable(cause);
      throw new ModelError(
        "model-open",
        `Cannot open the ${net} of model ${this.name}: onnxruntime must be able to load it (got: ` +
          `${cause instanceof Error ? cause.message : cause}). Export it again as ONNX.`,
        { cause },
      );
    }
  }
}

/** Models of others are often exported for a batch of exactly one. */
function takesOneAtATime({ inputMetadata: [input] }: InferenceSession): boolean {
  return input?.isTensor === true && input.shape[0] === 1;
}

function split({ values, shape: [count, ...rest] }: DenseTensor): DenseTensor[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, i) => ({
    values: values.subarray(length * i, length * (i + 1)),
    shape: [1, ...rest],
  }));
}

function joined(parts: readonly DenseTensor[]): DenseTensor {
  const [{ values: { length }, shape: [, ...rest] }] = parts;
  const values = new Float32Array(length * parts.length);
  parts.forEach((part, i) => values.set(part.values, length * i));
  return { values, shape: [parts.length, ...rest] };
}

/** Some encoders give mean and log-variance, as many channels of each as the latent has. */
function hasVariance(channels: number): boolean {
  return channels === 2 * LATENT_CHANNELS;
}

/** The mean is the latent. */
function posteriorMean(output: DenseTensor): DenseTensor {
  if (!hasVariance(output.shape[1])) return output;
  const [count, , height, width] = output.shape;
  const means = split(output).map(({ values }) => ({
    values: values.subarray(0, LATENT_CHANNELS * height * width),
    shape: [1, LATENT_CHANNELS, height, width],
  }));
  return count === 1 ? means[0] : joined(means);
}

let lastGpuWork: Promise<unknown> = Promise.resolve();

/** The build with WebGPU cannot be entered while it waits for the device. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const result = lastGpuWork.then(work);
  lastGpuWork = result.catch(() => {});
  return result;
}

function rangeOf(name: RangeName): { readonly scale: number; readonly shift: number } {
  return name === "0_1" ? { scale: 1, shift: 0 } : { scale: 2, shift: -1 };
}
