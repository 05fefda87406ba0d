import { ImageError } from "./errors.ts";
import type { StoredSize } from "./formats/format.ts";

/** Memory that a library may take by default, beside its need per pixel and the file. */
const BASE_MEMORY_BYTES = 2 ** 26;
/** Copies of the file that a library may hold. */
const FILE_COPIES = 4;

/** The most memory that a library may take where the caller does not say. */
export function defaultMemoryBytes(bytes: Uint8Array, pixelBytes: number): number {
  return BASE_MEMORY_BYTES + FILE_COPIES * bytes.length + pixelBytes;
}

/** The error of a picture whose library needs more memory than it may take. */
export function needsMoreMemory(
  label: string,
  { width, height }: StoredSize,
  limitBytes: number,
  cause?: unknown,
): ImageError {
  return new ImageError(
    "image-too-large",
    `Cannot decode the ${label} picture: its decoder must need at most ${limitBytes} bytes of memory (got ` +
      `${width}×${height} pixels, which need more). Use a smaller picture or raise maxMemoryBytes.`,
    cause === undefined ? undefined : { cause },
  );
}
