import { type DenseTensor, ModelError } from "../core/mod.ts";
import {
  importOnnxRuntime,
  importOnnxRuntimeForBrowsers,
  importOnnxRuntimeWithWebGpu,
  type InferenceSession,
  type OnnxRuntime,
  type Tensor,
} from "../deps/onnxruntime.ts";
import type { GpuTensor, GpuValues, NetPlan } from "../kernels/kernels.ts";
import { onnxruntimeWasmUrl } from "./assets.ts";
import { firstPlanes, sliceBySlice } from "./gpu_slices.ts";
import type { ModelFile, ModelManifest, RangeName } from "./manifest.ts";
import { planNet } from "./plan_net.ts";

/**
 * One thread: it repeats bit for bit, and cannot hang. With two, a decoding in some hundreds was seen to spin for ever
 * under load in Deno 2.9, for a gain of 1.5 to 1.9 in time.
 */
const THREADS = 1;

const LATENT_CHANNELS = 4;

/** A model's nets. */
type NetName = "encoder" | "decoder";

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
  readonly #read: (file: ModelFile) => Promise<Uint8Array<ArrayBuffer>>;
  readonly #plans = new Map<NetName, Promise<NetPlan | undefined>>();
  /** Files that have no plan and wait for onnxruntime, so that they are not read and hashed again. */
  readonly #unplanned = new Map<NetName, Uint8Array<ArrayBuffer>>();
  readonly #sessions: Sessions = new Map();
  readonly #gpuSessions = new WeakMap<GPUDevice, Sessions>();

  /**
   * Makes the object.
   *
   * @param manifest Checked manifest.
   * @param id Number in a file's header.
   * @param fingerprint Of the manifest.
   * @param read Gives the verified bytes of a file.
   */
  constructor(
    manifest: ModelManifest,
    id: number,
    fingerprint: number,
    read: (file: ModelFile) => Promise<Uint8Array<ArrayBuffer>>,
  ) {
    this.manifest = manifest;
    this.id = id;
    this.fingerprint = fingerprint;
    this.#read = read;
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

  /** (n, 4, h, w) → (n, 3, h · f, w · f); `steps` (n) reach decoders that have an input of that name. */
  decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor> {
    return this.#run("decoder", latents, steps);
  }

  /** As `encode`, from and to buffers of a GPU. */
  async encodeOnGpu(device: GPUDevice, pixels: GpuValues): Promise<GpuTensor> {
    const output = await this.#runOnGpu("encoder", device, pixels);
    return hasVariance(output.shape) ? firstPlanes(device, output, LATENT_CHANNELS) : output;
  }

  /** As `decode`, from and to buffers of a GPU. */
  decodeOnGpu(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor> {
    return this.#runOnGpu("decoder", device, latents, steps);
  }

  /** Bytes of the trained start of the context coder, verified; `undefined` for models without one. */
  async readPrior(): Promise<Uint8Array | undefined> {
    const { prior } = this.manifest.files;
    return prior && await this.#read(prior);
  }

  /** All files of the model, verified. */
  async readFiles(): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }[]> {
    const { encoder, decoder, prior } = this.manifest.files;
    return await Promise.all(
      [encoder, decoder, ...prior ? [prior] : []].map(async (file) => ({
        path: file.path,
        bytes: await this.#read(file),
      })),
    );
  }

  /** What a net does, see `planNet`; `undefined` if only onnxruntime can run it. */
  planOf(net: "encoder" | "decoder"): Promise<NetPlan | undefined> {
    let plan = this.#plans.get(net);
    if (!plan) {
      plan = this.#read(this.manifest.files[net]).then((file) => {
        const plan = planOfFile(file);
        if (!plan) this.#unplanned.set(net, file);
        return plan;
      });
      this.#plans.set(net, plan);
      plan.catch(() => this.#plans.delete(net));
    }
    return plan;
  }

  /** Opens the nets that will be needed, so that the first call does not wait for it. */
  async prepare(...nets: ("encoder" | "decoder")[]): Promise<void> {
    await Promise.all(nets.map(async (net) => await this.planOf(net) ?? await this.#session(net)));
  }

  async #run(net: NetName, input: DenseTensor, steps?: Float32Array): Promise<DenseTensor> {
    const [session, ort] = [await this.#session(net), await runtime()];
    if (input.shape[0] > 1 && takesOneAtATime(session)) {
      const parts: DenseTensor[] = [];
      for (const [i, part] of split(input).entries()) {
        parts.push(await this.#run(net, part, steps?.subarray(i, i + 1)));
      }
      return joined(parts);
    }
    const tensor = new ort.Tensor("float32", input.values, input.shape);
    const outputs = await this.#runSession(net, session, tensor, stepInput(session, ort, steps));
    const output = outputs[session.outputNames[0]] as Tensor;
    return { values: output.data as Float32Array, shape: output.dims };
  }

  async #runOnGpu(
    net: NetName,
    device: GPUDevice,
    input: GpuValues,
    steps?: Float32Array,
  ): Promise<GpuTensor> {
    const [session, ort] = [await this.#session(net, device), await gpuRuntime()];
    if (input.shape[0] > 1 && takesOneAtATime(session)) {
      return await sliceBySlice(
        device,
        input,
        (slice, i) => this.#runOnGpu(net, device, slice, steps?.subarray(i, i + 1)),
      );
    }
    const tensor = ort.Tensor.fromGpuBuffer(input.buffer, { dataType: "float32", dims: input.shape });
    const feeds = stepInput(session, ort, steps);
    const outputs = await oneAtATime(() => this.#runSession(net, session, tensor, feeds));
    const output = outputs[session.outputNames[0]] as Tensor;
    return { buffer: output.gpuBuffer as GPUBuffer, shape: output.dims, release: () => output.dispose() };
  }

  async #runSession(
    net: NetName,
    session: InferenceSession,
    tensor: Tensor,
    others: Record<string, Tensor>,
  ): Promise<InferenceSession.OnnxValueMapType> {
    try {
      return await session.run({ [session.inputNames[0]]: tensor, ...others });
    } catch (cause) {
      throw new ModelError(
        "model-run",
        `Cannot run the ${net} of model ${this.name} on shape [${tensor.dims.join(", ")}]: ${
          cause instanceof Error ? cause.message : cause
        }`,
        { cause },
      );
    }
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
    const loading = device ? gpuRuntime() : runtime();
    const file = this.#unplanned.get(net) ?? this.#read(this.manifest.files[net]);
    this.#unplanned.delete(net);
    const [bytes, ort] = await Promise.all([file, loading]);
    try {
      if (!device) return await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
      return await oneAtATime(() =>
        ort.InferenceSession.create(bytes, {
          executionProviders: [{ name: "webgpu", device } as InferenceSession.WebGpuExecutionProviderOption],
          preferredOutputLocation: "gpu-buffer",
        })
      );
    } catch (cause) {
      throw new ModelError(
        "model-open",
        `Cannot open the ${net} of model ${this.name}: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      );
    }
  }
}

/** What is no ONNX file, onnxruntime tells the user. */
function planOfFile(file: Uint8Array): NetPlan | undefined {
  try {
    return planNet(file);
  } catch {
    return undefined;
  }
}

/** Input of a decoder that wants to know how coarsely its latent was quantised. */
const STEP_INPUT = "step";

function stepInput(
  { inputNames }: InferenceSession,
  ort: OnnxRuntime,
  steps?: Float32Array,
): Record<string, Tensor> {
  return steps && inputNames.includes(STEP_INPUT)
    ? { [STEP_INPUT]: new ort.Tensor("float32", steps, [steps.length]) }
    : {};
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

/** Some encoders give mean and log-variance, four channels each. */
function hasVariance([, channels]: readonly number[]): boolean {
  return channels === 2 * LATENT_CHANNELS;
}

/** The mean is the latent. */
function posteriorMean(output: DenseTensor): DenseTensor {
  if (!hasVariance(output.shape)) return output;
  const [count, , height, width] = output.shape;
  const means = split(output).map(({ values }) => ({
    values: values.subarray(0, LATENT_CHANNELS * height * width),
    shape: [1, LATENT_CHANNELS, height, width],
  }));
  return count === 1 ? means[0] : joined(means);
}

let loading: Promise<OnnxRuntime> | undefined, loadingForGpu: Promise<OnnxRuntime> | undefined;

/** The runtime is 14 MB of WebAssembly: loaded when a net first needs it. */
function runtime(): Promise<OnnxRuntime> {
  return loading ??= importRuntime().then((ort) => {
    const wasm = onnxruntimeWasmUrl();
    if (wasm !== undefined) ort.env.wasm.wasmPaths = { wasm };
    return configured(ort);
  });
}

/** The build with WebGPU is another 27 MB. */
function gpuRuntime(): Promise<OnnxRuntime> {
  return loadingForGpu ??= importOnnxRuntimeWithWebGpu().then((ort) =>
    configured(ort as unknown as OnnxRuntime)
  );
}

function configured(ort: OnnxRuntime): OnnxRuntime {
  ort.env.wasm.numThreads = THREADS;
  ort.env.logLevel = "error";
  return ort;
}

let lastGpuWork: Promise<unknown> = Promise.resolve();

/** The build with WebGPU cannot be entered while it waits for the device. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const result = lastGpuWork.then(work);
  lastGpuWork = result.catch(() => {});
  return result;
}

/** The same WebAssembly twice: the root build works in Deno's workers, the other is the one for a browser's CPU. */
function importRuntime(): Promise<OnnxRuntime> {
  return "Deno" in globalThis ? importOnnxRuntime() : importOnnxRuntimeForBrowsers();
}

function rangeOf(name: RangeName): { readonly scale: number; readonly shift: number } {
  return name === "0_1" ? { scale: 1, shift: 0 } : { scale: 2, shift: -1 };
}
