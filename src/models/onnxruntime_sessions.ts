import { messageOf } from "../core/error_message.ts";
import { type DenseTensor, ModelError } from "../core/mod.ts";
import type { InferenceSession, OnnxRuntime, Tensor } from "../deps/onnxruntime.ts";
import type { GpuTensor, GpuValues } from "../kernels/kernels.ts";
import { firstPlanes, sliceBySlice } from "./gpu_slices.ts";
import { kept } from "./kept.ts";
import { hasVariance, LATENT_CHANNELS, type NetName } from "./net_ends.ts";
import type { NetSessions, SessionSource } from "./net_sessions.ts";
import { CPU_BUILD, failedToStart, GPU_BUILD, unavailable } from "./onnxruntime.ts";
import type { NetEnds } from "./plan_net.ts";

type Sessions = Map<NetName, Promise<InferenceSession>>;

/** Runs nets on onnxruntime-web, by its wasm or its WebGPU provider. Each net is compiled once per device, when first used. */
export class OnnxRuntimeSessions implements NetSessions {
  readonly #source: SessionSource;
  readonly #ends = new Map<NetName, NetEnds>();
  readonly #sessions: Sessions = new Map();
  readonly #gpuSessions = new WeakMap<GPUDevice, Sessions>();

  /** @param source Gives the nets. */
  constructor(source: SessionSource) {
    this.#source = source;
  }

  /** See {@linkcode NetSessions.prepare}. */
  async prepare(net: NetName): Promise<void> {
    await this.#session(net);
  }

  /** See {@linkcode NetSessions.encode}. */
  async encode(pixels: DenseTensor): Promise<DenseTensor> {
    return posteriorMean(await this.#run("encoder", pixels));
  }

  /** See {@linkcode NetSessions.decode}. */
  decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor> {
    return this.#run("decoder", latents, steps);
  }

  /** See {@linkcode NetSessions.encodeOnGpu}. */
  async encodeOnGpu(device: GPUDevice, pixels: GpuValues): Promise<GpuTensor> {
    const output = await this.#runOnGpu("encoder", device, pixels);
    return hasVariance(output.shape[1]) ? firstPlanes(device, output, LATENT_CHANNELS) : output;
  }

  /** See {@linkcode NetSessions.decodeOnGpu}. */
  decodeOnGpu(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor> {
    return this.#runOnGpu("decoder", device, latents, steps);
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
        `Cannot run the ${net} of model ${this.#source.name}: onnxruntime must accept shape ` +
          `[${tensor.dims.join(", ")}] (got: ${messageOf(cause)}). ` +
          "Export the net for any height and width.",
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
    return kept(sessions, net, () => this.#open(net, device));
  }

  async #open(net: NetName, device?: GPUDevice): Promise<InferenceSession> {
    const build = device ? GPU_BUILD : CPU_BUILD;
    const [{ bytes, external, ends }, ort] = await Promise.all([this.#source.fileOf(net), build.load()]);
    this.#ends.set(net, ends);
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
      this.#source.forgetFile(net);
      await build.started();
      return session;
    } catch (cause) {
      if (failedToStart(cause)) throw unavailable(cause);
      throw new ModelError(
        "model-open",
        `Cannot open the ${net} of model ${this.#source.name}: onnxruntime must be able to load it (got: ` +
          `${messageOf(cause)}). Export it again as ONNX.`,
        { cause },
      );
    }
  }
}

/** Third-party models are often exported for a batch of exactly one. */
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
