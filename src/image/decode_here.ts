import { unsupported } from "./errors.ts";
import { assertWithinLimits, type DecodeLimits } from "./limits.ts";
import { readMetadata } from "./metadata.ts";
import { cropPicture, orientPicture } from "./orientation.ts";
import type { DeepPicture, Picture } from "./picture.ts";
import { readStoredHeader } from "./size.ts";

/** What decoding in this thread can be told. */
export interface DecodeHereOptions extends DecodeLimits {
  /** See `DecodeOptions`. */
  readonly keepDepth?: boolean;
  /** See `DecodeOptions`. */
  readonly maxMemoryBytes?: number;
  /** See `DecodeOptions`. */
  readonly signal?: AbortSignal;
}

/** `decodePicture` in this thread. */
export async function decodeHere(
  bytes: Uint8Array,
  options: DecodeHereOptions,
): Promise<Picture | DeepPicture> {
  const { signal, keepDepth = false } = options;
  signal?.throwIfAborted();
  const { format, header } = await readStoredHeader(bytes);
  assertWithinLimits(format, bytes, header, options);
  if (header.unsupportedFeature !== undefined) {
    throw unsupported(
      format.label,
      header.unsupportedFeature,
      header.remedy ?? "Convert it to a still RGB picture first",
    );
  }
  const { maxMemoryBytes } = options;
  const stored = await format.read.decode(bytes, header, { keepDepth, maxMemoryBytes, signal });
  signal?.throwIfAborted();
  const part = header.crop ? cropPicture(stored, header.crop) : stored;
  const upright = header.libraryOrients ? part : orientPicture(part, header.orientation);
  const { metadata, warnings: others } = await readMetadata(format, bytes, upright);
  const { data, width, height } = upright, { bitDepth = 8 } = header;
  const keptDepth = data instanceof Uint16Array ? 16 : 8;
  const rounded = bitDepth > keptDepth
    ? [`the samples were rounded from ${bitDepth} to ${keptDepth} bits`]
    : [];
  const warnings = [...upright.warnings ?? [], ...others, ...rounded];
  return {
    ...{ data, width, height } as Picture | DeepPicture,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(warnings.length > 0 && { warnings }),
  };
}
