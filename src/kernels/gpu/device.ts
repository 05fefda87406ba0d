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

/** One asks after the other, so that no two devices are opened. */
let shared: Promise<Gpu | undefined> = Promise.resolve(undefined);

/**
 * The process's GPU, opened when first asked for; a fresh one after the device was lost.
 *
 * Errors: `GpuError` ("gpu-unavailable").
 */
export async function sharedGpu(options: GpuOptions = {}): Promise<Gpu> {
  const before = shared;
  const result = before.then(async (known) => {
    if (!known || known.queue.failure) return await openGpu(options);
    checkSoftware(known, options);
    return known;
  });
  shared = result.catch(() => before);
  return await result;
}

/**
 * Opens a GPU of one's own. `gpu.device.destroy()` gives it back.
 *
 * Errors: `GpuError` ("gpu-unavailable").
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new GpuError(
      "gpu-unavailable",
      "Cannot use a GPU: WebGPU must offer an adapter (got " +
        `${navigator.gpu ? "none" : "a runtime without WebGPU"}). Use device "cpu", or install a Vulkan, ` +
        "Metal or DirectX driver.",
    );
  }
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info;
  const adapterName = description || [vendor, architecture].filter(Boolean).join(" ") || "unnamed";
  checkSoftware({ adapterName, isSoftware: isFallbackAdapter }, options);
  const device = await adapter.requestDevice({
    label: "vaerans",
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  return {
    device,
    adapterName,
    isSoftware: isFallbackAdapter,
    queue: new GpuQueue(device),
    pipelines: await compilePipelines(device),
  };
}

/** Throws `GpuError` ("gpu-unavailable") for an adapter that computes on the CPU where none is wanted. */
function checkSoftware(
  { adapterName, isSoftware }: Pick<Gpu, "adapterName" | "isSoftware">,
  { allowSoftware = true }: GpuOptions,
): void {
  if (!isSoftware || allowSoftware) return;
  throw new GpuError(
    "gpu-unavailable",
    `Cannot use a GPU: the adapter must be hardware (got ${adapterName}, which computes on the CPU). ` +
      'Use device "cpu", or "gpu" to use this adapter.',
  );
}
