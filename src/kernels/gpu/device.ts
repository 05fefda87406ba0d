import { GpuError } from "../../core/mod.ts";
import { GpuQueue } from "./gpu_queue.ts";
import { compilePipelines, type Pipelines } from "./pipelines.ts";

/** A GPU ready for use: its device, opened once and shared, and what is made once a device. */
export interface Gpu {
  /** The device, which kernels and nets share. */
  readonly device: GPUDevice;
  /** What the system calls the adapter. */
  readonly adapterName: string;
  /** Whether the adapter computes on the CPU, as Mesa's lavapipe does. */
  readonly isSoftware: boolean;
  /** Commands on their way to the device. */
  readonly queue: GpuQueue;
  /** The kernels, compiled. */
  readonly pipelines: Pipelines;
}

/** Which adapters will do. */
export interface GpuOptions {
  /** Also take an adapter that computes on the CPU; true by default. */
  readonly allowSoftware?: boolean;
}

/** Limits that kernels and nets gain from; the rest stay at WebGPU's defaults. */
const RAISED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
] as const;

/** Features that traces and nets use where they are. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16"];

let shared: Promise<Gpu> | undefined;

/**
 * The process's GPU, opened when first asked for; a fresh one after the device was lost.
 *
 * Errors: `GpuError` ("gpu-unavailable").
 */
export async function sharedGpu(options: GpuOptions = {}): Promise<Gpu> {
  const { allowSoftware = true } = options;
  const known = await shared?.catch(() => undefined);
  if (known === undefined || known.queue.failure) {
    shared = openGpu();
    shared.catch(() => {});
  }
  const gpu = await shared!;
  if (gpu.isSoftware && !allowSoftware) {
    throw new GpuError(
      "gpu-unavailable",
      `Cannot use a GPU: the only adapter, ${gpu.adapterName}, computes on the CPU; use device "cpu", or "gpu" if that is ` +
        "what you want",
    );
  }
  return gpu;
}

/**
 * Opens a GPU of one's own. `gpu.device.destroy()` gives it back.
 *
 * Errors: `GpuError` ("gpu-unavailable").
 */
export async function openGpu(): Promise<Gpu> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new GpuError(
      "gpu-unavailable",
      `Cannot use a GPU: ${
        navigator.gpu ? "the system offers no adapter" : "this runtime has no WebGPU"
      }; use device "cpu", or install a Vulkan, Metal or DirectX driver`,
    );
  }
  const device = await adapter.requestDevice({
    label: "vaerans",
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  return {
    device,
    adapterName: description || [vendor, architecture].filter(Boolean).join(" ") || "unnamed",
    isSoftware: isFallbackAdapter,
    queue: new GpuQueue(device),
    pipelines: await compilePipelines(device),
  };
}
