/**
 * VaeRANS: the best-looking picture per byte in JavaScript. A small VAE, a Hadamard rotation, lifting wavelets,
 * quantisation and rANS, behind a World/System/Pipe API.
 *
 * Start with {@linkcode compress}, {@linkcode decompress} and {@linkcode inspect}; build your own pipeline with
 * {@linkcode World} and the systems.
 *
 * @module
 */
export { compress } from "./src/codec/compress.ts";
export { type DecodedDeepPicture, type DecodedPicture, decompress } from "./src/codec/decompress.ts";
export {
  decompressStream,
  type DecompressStreamOptions,
  type StreamedPicture,
} from "./src/codec/decompress_stream.ts";
export type { DeviceChoice } from "./src/codec/group_engine.ts";
export type { Rect } from "./src/codec/group_grid.ts";
export { type FileInfo, type FileSection, inspect, type InspectOptions } from "./src/codec/inspect.ts";
export {
  checkDevice,
  checkEffort,
  checkRuntime,
  checkTarget,
  type CompressOptions,
  type CompressTarget,
  type DecompressOptions,
  DEFAULT_QUALITY,
} from "./src/codec/options.ts";
export type { ProgressListener, ProgressReport } from "./src/codec/progress.ts";
export type { FileMetadata } from "./src/codec/metadata.ts";
export type { AnyPicture, CompressInput, SampleData } from "./src/codec/samples.ts";
export { WarmWorkers, type WorkerChoice } from "./src/codec/warm_workers.ts";
export * from "./src/components/mod.ts";
export * from "./src/core/mod.ts";
export { GpuWorld, type GpuWorldOptions } from "./src/gpu_world.ts";
export { GpuArena, type TensorBinding } from "./src/kernels/gpu/gpu_arena.ts";
export type { EntropyMode } from "./src/entropy/mod.ts";
export type { ByteSource, FileSource, SeekableFile } from "./src/format/byte_source.ts";
export {
  type Cicp,
  colourOnly,
  type DecodeLimits,
  type DecodeOptions,
  decodePicture,
  type DeepPicture,
  ENCODED_FORMATS,
  type EncodedFormat,
  type EncodedPicture,
  encodePicture,
  type EncodePictureOptions,
  encodePng,
  type EncodePngOptions,
  formatOfExtension,
  ImageError,
  type ImageErrorCode,
  type Picture,
  PictureDecoder,
  type PictureDecoderOptions,
  type PictureFormat,
  type PictureMetadata,
  withoutLocation,
} from "./src/image/mod.ts";
export { msSsim } from "./src/kernels/cpu/metrics/ms_ssim.ts";
export { psnr } from "./src/kernels/cpu/metrics/psnr.ts";
export type { Samples8 } from "./src/kernels/cpu/metrics/samples.ts";
export { ssim } from "./src/kernels/cpu/metrics/ssim.ts";
export type {
  BlocksStep,
  ConvolutionStep,
  GpuTensor,
  GpuValues,
  Kernels,
  KernelWorld,
  MetricName,
  Net,
  NetMap,
  NetOutput,
  NetPlan,
  NetRuntime,
  NetStep,
  PixelRange,
  QuantiseOptions,
  SpreadStep,
} from "./src/kernels/kernels.ts";
export { type AssetUrls, setAssetUrls } from "./src/models/assets.ts";
export {
  type ConfiguredModel,
  EMPTY_CONFIG,
  loadConfig,
  parseConfig,
  readConfig,
  type VaeransConfig,
} from "./src/models/config.ts";
export type { ForeignModel } from "./src/models/foreign.ts";
export { loadModel } from "./src/models/load.ts";
export type {
  LatentWavelet,
  ModelFile,
  ModelManifest,
  QualityScale,
  RangeName,
  RefinementObjective,
} from "./src/models/manifest.ts";
export type { OnnxModel } from "./src/models/onnx_model.ts";
export * from "./src/systems/mod.ts";
export { type PictureLike, PictureWorld, World, type WorldOptions } from "./src/world.ts";
