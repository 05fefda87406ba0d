/** onnxruntime's builds for JavaScript; each loads when it is called for. */
export type { InferenceSession, Tensor } from "npm:onnxruntime-web@1.30.0";

/** The library's interface, the same in all builds. */
export type OnnxRuntime = typeof import("npm:onnxruntime-web@1.30.0");

/** The build for Deno's CPU; it also works in Deno's workers. */
export const importOnnxRuntime = () => import("npm:onnxruntime-web@1.30.0");

/** The build for a browser's CPU. */
export const importOnnxRuntimeForBrowsers = () => import("npm:onnxruntime-web@1.30.0/wasm");

/** The build with WebGPU. */
export const importOnnxRuntimeWithWebGpu = () => import("npm:onnxruntime-web@1.30.0/webgpu");
