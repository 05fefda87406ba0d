/**
 * Models: loading, manifests, `vaerans.toml`, and where a program finds the files of the package.
 *
 * @module
 */
import "./named_models.ts";

export { type AssetUrls, setAssetUrls } from "./assets.ts";
export {
  type ConfiguredModel,
  EMPTY_CONFIG,
  loadConfig,
  parseConfig,
  readConfig,
  type VaeransConfig,
} from "./config.ts";
export type { ForeignModel } from "./foreign.ts";
export { loadModel } from "./load.ts";
export type { ModelFile, ModelManifest, QualityScale, RangeName, RefinementObjective } from "./manifest.ts";
export type { NetName } from "./net_ends.ts";
export type { OnnxModel } from "./onnx_model.ts";
export type { StoredFloats, StoredPlan, StoredStep } from "./stored_plan.ts";
