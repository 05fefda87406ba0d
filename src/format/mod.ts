export * from "./container_params.ts";
export * from "./container_read.ts";
export * from "./container_write.ts";
export * from "./crc32c.ts";
export {
  isMissing,
  missingAt,
  type MissingBytes,
  present,
  TAKE_WHAT_IS_THERE,
  truncationError,
} from "./cursor.ts";
export * from "./section_names.ts";
export * from "./byte_source.ts";
