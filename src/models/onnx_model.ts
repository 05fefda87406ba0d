// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { type DenseTensor, ModelError } from "../core/mod.ts";
import {
  type GpuTensor,
  type GpuValues,
  type NetPlan,
  type NetRuntime,
  outputPlanes,
} from "../kernels/kernels.ts";
import { kept } from "./kept.ts";
import type { ModelFile, ModelManifest, RangeName } from "./manifest.ts";
import { hasVariance, LATENT_CHANNELS, type NetName } from "./net_ends.ts";
import type { ModelFiles, NetFile } from "./net_file.ts";
import { netReader } from "./net_reader.ts";
import { type NetSessions, netSessions } from "./net_sessions.ts";
import type { Planned } from "./plan_net.ts";
import { planOfStored } from "./stored_plan.ts";

/**
 * A VAE. This package's own kernels run the nets that `planOf` has a plan for. onnxruntime-web runs the others, and all nets on
 * a GPU; each net is then compiled once per device, when it is first used.
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
  /** Files of nets that have neither a plan nor a session yet, so that they are not read and hashed again. */
  readonly #netFiles = new Map<NetName, Promise<NetFile>>();
  /** Files that were asked for before they are needed. */
  readonly #begun = new Map<ModelFile, Promise<Uint8Array<ArrayBuffer>>>();
  /** Sessions of onnxruntime, for nets that have no plan. */
  #sessions: Promise<NetSessions> | undefined;

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
    return await (await this.#opened()).encode(pixels);
  }

  /** (n, 4, h, w) → (n, 3, h · f, w · f); `steps` (n) reach decoders whose manifest names an input for them. */
  async decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor> {
    return await (await this.#opened()).decode(latents, steps);
  }

  /** As `encode`, from and to buffers of a GPU. */
  async encodeOnGpu(device: GPUDevice, pixels: GpuValues): Promise<GpuTensor> {
    return await (await this.#opened()).encodeOnGpu(device, pixels);
  }

  /** As `decode`, from and to buffers of a GPU. */
  async decodeOnGpu(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor> {
    return await (await this.#opened()).decodeOnGpu(device, latents, steps);
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
    const planned = await kept(this.#plans, net, () => this.#plan(net));
    if ("plan" in planned) return planned.plan;
    if (runtime === "auto") return undefined;
    throw new ModelError(
      "net-unplanned",
      `Cannot run the ${net} of model ${this.name} with runtime "own": there must be a kernel for every ` +
        `node (got ${planned.obstacle}). Use runtime "auto" or "onnxruntime".`,
    );
  }

  /** Begins to read a net, so that it arrives while something else is done. */
  prefetch(net: NetName): void {
    const file = this.manifest.files[net];
    if (this.#plans.has(net) || this.#netFiles.has(net) || this.#begun.has(file)) return;
    const bytes = this.#files.read(file);
    // `#read` awaits the same promise and throws its error.
    bytes.catch(() => {});
    this.#begun.set(file, bytes);
  }

  #read(file: ModelFile): Promise<Uint8Array<ArrayBuffer>> {
    const begun = this.#begun.get(file);
    this.#begun.delete(file);
    return begun ?? this.#files.read(file);
  }

  /** Opens a net as it will be needed, so that the first call does not wait for it. */
  async prepare(net: "encoder" | "decoder", runtime: NetRuntime = "auto"): Promise<void> {
    await this.planOf(net, runtime) ?? await (await this.#opened()).prepare(net);
  }

  async #plan(net: NetName): Promise<Planned> {
    const { [net]: file } = this.manifest.files;
    // Manifests of other models are not checked so far.
    if (file.plan && this.id > 0) return { plan: planOfStored(file.plan, await this.#read(file)) };
    const planned = netReader(`the ${net} of model ${this.name}`).plan(await this.#netFile(net));
    if ("plan" in planned) this.#netFiles.delete(net);
    if (!("plan" in planned) || net === "decoder") return planned;
    const { plan } = planned, output = { ...plan.output, kept: LATENT_CHANNELS };
    return { plan: hasVariance(outputPlanes(plan.output)) ? { ...plan, output } : plan };
  }

  #netFile(net: NetName): Promise<NetFile> {
    return kept(
      this.#netFiles,
      net,
      () =>
        netReader(`the ${net} of model ${this.name}`).read(net, this.manifest, {
          ...this.#files,
          read: (file) => this.#read(file),
        }),
    );
  }

  #opened(): Promise<NetSessions> {
    if (!this.#sessions) {
      this.#sessions = netSessions({
        name: this.name,
        fileOf: (net) => this.#netFile(net),
        forgetFile: (net) => this.#netFiles.delete(net),
      });
      this.#sessions.catch(() => this.#sessions = undefined);
    }
    return this.#sessions;
  }
}

function rangeOf(name: RangeName): { readonly scale: number; readonly shift: number } {
  return name === "0_1" ? { scale: 1, shift: 0 } : { scale: 2, shift: -1 };
}
