/**
 * Encoding alone: `compress`, without GPU code and without the libraries of other picture formats.
 *
 * @module
 */
import "./models/named_models.ts";
import "./codec/run/tile_worker_start.ts";

export { compress } from "./codec/compress.ts";
export type {
  CompressOptions,
  CompressSettings,
  CompressTarget,
  CompressTargetValues,
} from "./codec/options.ts";
export type { ProgressReport } from "./codec/progress.ts";
export type { FileMetadata } from "./codec/container/metadata.ts";
export type { CompressInput } from "./codec/samples.ts";
export { WarmWorkers } from "./codec/run/warm_workers.ts";
export { InvalidValueError, VaeransError } from "./core/errors.ts";
export { setAssetUrls } from "./models/assets.ts";
