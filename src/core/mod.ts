/**
 * Arenas, tensor references, entities, systems, pipes, traces and the error classes. Knows no picture format, no codec and
 * no device.
 *
 * @module
 */
export * from "./arena.ts";
export * from "./batch.ts";
export { BumpArena } from "./bump_arena.ts";
export * from "./component.ts";
export * from "./context.ts";
export * from "./dense_tensor.ts";
export * from "./dtype.ts";
export * from "./entity_world.ts";
export * from "./errors.ts";
export { lowCount } from "./level_sizes.ts";
export type { PictureInput, PictureSamples } from "./picture.ts";
export * from "./pipe.ts";
export type { PipeOptions, PipeProgress } from "./pipe_run.ts";
export * from "./pyramid_layout.ts";
export * from "./system.ts";
export * from "./tensor_ref.ts";
export * from "./trace.ts";
export * from "./trace_format.ts";
export * from "./transform.ts";
