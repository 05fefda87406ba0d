/**
 * Decoding of `.vaer` files alone: no encoder, no GPU code and no npm package. For web pages and for programs that only show
 * images.
 *
 * @module
 */
import "./codec/run/decode_worker_start.ts";

export { type DecodedPicture, decompress } from "./codec/decompress.ts";
export { decompressStream, type StreamedPicture, VaerDecoderStream } from "./codec/decompress_stream.ts";
export { type FileInfo, inspect } from "./codec/inspect.ts";
export type { DecompressOptions } from "./codec/options.ts";
export type { ProgressReport } from "./codec/progress.ts";
export type { FileMetadata } from "./codec/container/metadata.ts";
export { WarmWorkers } from "./codec/run/warm_workers.ts";
export { BitstreamError, InvalidValueError, VaeransError } from "./core/errors.ts";
export type { ByteSource, FileSource, SeekableFile } from "./format/byte_source.ts";
export { setAssetUrls } from "./models/assets.ts";
