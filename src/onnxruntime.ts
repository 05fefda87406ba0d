/**
 * Runs third-party models, and all models on WebGPU, by onnxruntime-web. Importing this module registers the library; nothing else
 * in the package imports it.
 *
 * @module
 */
import "./models/onnx_reader.ts";
import { registerNetSessions } from "./models/net_sessions.ts";
import { OnnxRuntimeSessions } from "./models/onnxruntime_sessions.ts";

registerNetSessions((source) => new OnnxRuntimeSessions(source));

export { setAssetUrls } from "./models/assets.ts";
