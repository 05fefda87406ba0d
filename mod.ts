/**
 * VaeRANS: a lossy and lossless image codec. A small VAE, a Hadamard rotation, lifting wavelets, quantisation and rANS turn
 * an image into a `.vaer` file.
 *
 * Start with {@linkcode compress}, {@linkcode decompress} and {@linkcode inspect}. {@linkcode World} and {@linkcode Pipe}
 * run pipelines of other systems. The other parts have their own entry points:
 *
 * | Entry point | Contents |
 * |---|---|
 * | `/decode` | `decompress`, `decompressStream` and `inspect` alone: no encoder, no GPU code, no npm package |
 * | `/encode` | `compress` alone |
 * | `/placeholder` | shows what `placeholder()` makes, in less than 2 kB |
 * | `/onnxruntime` | importing it lets third-party models and models on WebGPU run, by onnxruntime-web |
 * | `/systems` | the stages of the pipeline, `VaerWrite` and `VaerRead` |
 * | `/components` | the component classes that systems read and write |
 * | `/core` | arenas, tensors, entities, systems, pipes, traces and all error classes |
 * | `/kernels` | contract of the kernels, wavelets |
 * | `/rans` | entropy coders |
 * | `/models` | models, their manifests, `vaerans.toml` |
 * | `/webgpu` | worlds on a GPU |
 * | `/image` | image files: PNG, JPEG, WebP, AVIF, JPEG XL, PPM, PAM |
 * | `/web` | builds scripts for web pages, serves the playground |
 * | `/cli` | the command line |
 *
 * @module
 */
import "./src/codec/all_parts.ts";

export { compress } from "./src/codec/compress.ts";
export { type DecodedPicture, decompress } from "./src/codec/decompress.ts";
export { decompressStream, type StreamedPicture, VaerDecoderStream } from "./src/codec/decompress_stream.ts";
export { type FileInfo, inspect } from "./src/codec/inspect.ts";
export type {
  CompressOptions,
  CompressSettings,
  CompressTarget,
  CompressTargetValues,
  DecompressOptions,
} from "./src/codec/options.ts";
export { placeholder } from "./src/codec/placeholder.ts";
export type { ProgressReport } from "./src/codec/progress.ts";
export type { FileMetadata } from "./src/codec/container/metadata.ts";
export type { CompressInput } from "./src/codec/samples.ts";
export { WarmWorkers } from "./src/codec/run/warm_workers.ts";
export { BitstreamError, InvalidValueError, type PictureInput, Pipe, VaeransError } from "./src/core/mod.ts";
export type { ByteSource, FileSource, SeekableFile } from "./src/format/byte_source.ts";
export {
  type Cicp,
  type DecodeOptions,
  decodePicture,
  type EncodedFormat,
  type EncodedPicture,
  encodePicture,
  type EncodePictureOptions,
  type Picture,
  type PictureMetadata,
} from "./src/image/mod.ts";
export { msSsim } from "./src/kernels/cpu/metrics/ms_ssim.ts";
export { psnr } from "./src/kernels/cpu/metrics/psnr.ts";
export { ssim } from "./src/kernels/cpu/metrics/ssim.ts";
export { setAssetUrls } from "./src/models/assets.ts";
export { World } from "./src/world.ts";
