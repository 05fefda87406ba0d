export * from "./assets.ts";
export * from "./embedded.ts";
export * from "./load.ts";
export * from "./lookup.ts";
export * from "./manifest.ts";
export * from "./onnx_model.ts";
