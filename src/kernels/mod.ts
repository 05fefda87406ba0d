/**
 * Contract between systems and the kernels of a device, and the wavelets that all kernels derive from.
 *
 * @module
 */
export type {
  GpuTensor,
  GpuValues,
  Kernels,
  KernelWorld,
  MetricName,
  Net,
  PixelRange,
  QuantizeKernelOptions,
} from "./kernels.ts";
export type {
  BlocksStep,
  ConvolutionStep,
  NetMap,
  NetOutput,
  NetPlan,
  NetRuntime,
  NetStep,
  SpreadStep,
} from "./net_plan.ts";
export {
  type LatentWavelet,
  type LiftingStep,
  synthesisNorm,
  type Wavelet,
  type WaveletName,
  waveletNamed,
} from "../wavelets/mod.ts";
