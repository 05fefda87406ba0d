export * from "./container_params.ts";
export * from "./container_read.ts";
export * from "./container_write.ts";
export * from "./crc32c.ts";
