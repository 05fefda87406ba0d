import { messageOf } from "../core/error_message.ts";
import { type DenseTensor, ModelError } from "../core/mod.ts";
import { importOwnModule } from "../host/mod.ts";
import type { GpuTensor, GpuValues } from "../kernels/kernels.ts";
import type { NetName } from "./net_ends.ts";
import type { NetFile } from "./net_file.ts";

/** Where sessions have a model's nets from. */
export interface SessionSource {
  /** Name of the model, for messages. */
  readonly name: string;
  /** The file of a net, verified. */
  fileOf(net: NetName): Promise<NetFile>;
  /** The file is no longer needed. */
  forgetFile(net: NetName): void;
}

/** Runs a model's nets by a library. */
export interface NetSessions {
  /** Opens a net as it will be needed on the CPU. */
  prepare(net: NetName): Promise<void>;
  /** (n, 3, H, W) → (n, 4, H / f, W / f). */
  encode(pixels: DenseTensor): Promise<DenseTensor>;
  /** (n, 4, h, w) → (n, 3, h · f, w · f). */
  decode(latents: DenseTensor, steps: Float32Array): Promise<DenseTensor>;
  /** As `encode`, from and to buffers of a GPU. */
  encodeOnGpu(device: GPUDevice, pixels: GpuValues): Promise<GpuTensor>;
  /** As `decode`, from and to buffers of a GPU. */
  decodeOnGpu(device: GPUDevice, latents: GpuValues, steps: Float32Array): Promise<GpuTensor>;
}

/** Makes the sessions of a model. */
export type NetSessionsMaker = (source: SessionSource) => NetSessions;

let registered: NetSessionsMaker | undefined;

/** Makes `make` the library for nets without a plan; the entry point `/onnxruntime` does so. */
export function registerNetSessions(make: NetSessionsMaker): void {
  registered = make;
}

/**
 * Sessions of a model. If no library is registered, `/onnxruntime` is imported at run time, by an address that no bundler and no
 * package manager follows, so that programs without such models do not download onnxruntime.
 *
 * Errors: `ModelError` ("onnxruntime-unavailable").
 */
export async function netSessions(source: SessionSource): Promise<NetSessions> {
  if (!registered) {
    try {
      await importOwnModule("onnxruntime");
    } catch (cause) {
      throw new ModelError(
        "onnxruntime-unavailable",
        `Cannot run model ${source.name}: onnxruntime-web must be loaded (got ${
          messageOf(cause)
        }). Import the entry point /onnxruntime, and install onnxruntime-web where packages come from npm.`,
        { cause },
      );
    }
  }
  return registered!(source);
}
