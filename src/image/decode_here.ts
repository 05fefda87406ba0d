import { decodePng } from "./decode_png.ts";
import { damaged, ImageError, unsupported } from "./errors.ts";
import { withEndOfImage } from "./headers/jpeg.ts";
import type { StoredHeader } from "./headers/types.ts";
import { isAnimatedWebp } from "./headers/webp.ts";
import { dropDecoder, type LibraryFormat, loadDecoder } from "./libraries.ts";
import { assertWithinLimits, type DecodeLimits } from "./limits.ts";
import { readMetadata } from "./metadata.ts";
import { cropPicture, orientPicture } from "./orientation.ts";
import { type DeepPicture, FORMAT_LABELS, type Picture } from "./picture.ts";
import { readStoredHeader } from "./size.ts";
import { firstWebpFrame, onCanvas } from "./webp_frame.ts";

/** A codec whose memory has grown beyond this is thrown away after the picture, as its memory never shrinks. */
const KEEP_INSTANCE_BYTES = 2 ** 26;

/** Memory that a library may take by default, beside {@linkcode BASE_MEMORY_BYTES}: 1.5 to 4 times its own files' need. */
const MEMORY_BYTES_PER_PIXEL: Readonly<Record<LibraryFormat, number>> = {
  jpeg: 32,
  webp: 24,
  avif: 160,
  jxl: 256,
};
const BASE_MEMORY_BYTES = 2 ** 26;
/** Copies of the file that a library may hold. */
const FILE_COPIES = 4;
/** The most memory that the libraries are built for. */
const MAX_WASM_BYTES = 2 ** 31;

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
  const label = FORMAT_LABELS[format];
  assertWithinLimits(format, bytes, header, options);
  if (header.unsupportedFeature !== undefined) {
    throw unsupported(
      label,
      header.unsupportedFeature,
      header.remedy ?? "convert it to a still RGB picture first",
    );
  }
  const { maxMemoryBytes } = options;
  const stored = format === "png"
    ? await decodePng(bytes, keepDepth, signal)
    : format === "webp" && isAnimatedWebp(bytes)
    ? await decodeAnimatedWebp(bytes, header, maxMemoryBytes)
    : await decodeWithLibrary(format, bytes, header, maxMemoryBytes);
  signal?.throwIfAborted();
  const part = header.crop ? cropPicture(stored, header.crop) : stored;
  const upright = header.libraryOrients ? part : orientPicture(part, header.orientation);
  const { metadata, warnings } = await readMetadata(format, bytes, upright);
  return {
    ...upright,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(warnings.length > 0 && { warnings }),
  };
}

async function decodeAnimatedWebp(
  bytes: Uint8Array,
  { width, height }: StoredHeader,
  maxMemoryBytes: number | undefined,
): Promise<Picture> {
  const { file, x, y } = firstWebpFrame(bytes);
  const { header } = await readStoredHeader(file);
  // Checked before the library allocates: a frame may state any size.
  if (header.width > width || header.height > height) {
    throw damaged("WebP", `a frame of ${header.width}×${header.height} pixels lies on ${width}×${height}`);
  }
  return onCanvas(await decodeWithLibrary("webp", file, header, maxMemoryBytes), x, y, width, height);
}

async function decodeWithLibrary(
  format: LibraryFormat,
  bytes: Uint8Array,
  header: StoredHeader,
  maxMemoryBytes: number | undefined,
): Promise<Picture> {
  const label = FORMAT_LABELS[format];
  const decoder = await loadDecoder(format);
  const pixelBytes = MEMORY_BYTES_PER_PIXEL[format] * header.width * header.height;
  const limitBytes = maxMemoryBytes ?? BASE_MEMORY_BYTES + FILE_COPIES * bytes.length + pixelBytes;
  const failed = (what: string, cause?: unknown): ImageError => {
    if (!decoder.ranOutOfMemory() && pixelBytes < MAX_WASM_BYTES) return damaged(label, what, cause);
    return new ImageError(
      "image-too-large",
      `Cannot decode the ${label} picture as its decoder may take at most ${
        Math.min(limitBytes, MAX_WASM_BYTES)
      } ` +
        `bytes of memory: ${header.width}×${header.height} pixels need more; use a smaller picture or raise maxMemoryBytes`,
      cause === undefined ? undefined : { cause },
    );
  };
  let pixels;
  try {
    pixels = decoder.decode(format === "jpeg" ? withEndOfImage(bytes) : bytes, limitBytes);
  } catch (cause) {
    dropDecoder(format);
    throw failed(decoder.takeMessages()[0] ?? "its decoder stopped", cause);
  }
  const messages = decoder.takeMessages();
  if ((decoder.memoryBytes() || pixelBytes) > KEEP_INSTANCE_BYTES) dropDecoder(format);
  if (!pixels) throw failed(messages[0] ?? "its decoder found no picture");
  const complaint = format === "jpeg" ? messages.find(tellsOfLostJpegData) : undefined;
  if (complaint !== undefined) throw damaged(label, complaint);
  const { width, height } = pixels;
  const sameSize = width === header.width && height === header.height;
  const turnedSize = width === header.height && height === header.width;
  if (!sameSize && !(turnedSize && header.libraryOrients)) {
    throw damaged(label, `its header says ${header.width}×${header.height}, its data ${width}×${height}`);
  }
  return { data: pixels.data, width, height };
}

/**
 * libjpeg paints what is missing grey, prints a line and carries on. Lost data are an error to us; stray bytes between
 * segments and odd but harmless header fields, which many cameras write, are not.
 */
function tellsOfLostJpegData(message: string): boolean {
  return /^(premature end|corrupt jpeg data)/i.test(message) && !/extraneous bytes/i.test(message);
}
