import type { PictureMetadata } from "../metadata_parts.ts";

/** Adds metadata to an encoded file. */
export interface MetadataWriter {
  (file: Uint8Array, metadata: PictureMetadata): {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly warnings: readonly string[];
  };
}
