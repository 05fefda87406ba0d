import { withDepth } from "./depth.ts";
import { defaultMemoryBytes, needsMoreMemory } from "./library_memory.ts";
import { damaged, type ImageError } from "./errors.ts";
import type { StoredHeader } from "./headers/types.ts";
import { dropDecoder, type LibraryCodec, loadDecoder } from "./libraries.ts";
import type { StoredDecodeOptions } from "./formats/format.ts";
import type { DeepPicture, Picture } from "./picture.ts";

/** A codec whose memory has grown beyond this is thrown away after the picture, as its memory never shrinks. */
const KEEP_INSTANCE_BYTES = 2 ** 26;
/** The most memory that the libraries are built for. */
const MAX_WASM_BYTES = 2 ** 31;

/**
 * Decodes a file with its format's library.
 *
 * @param codec The library.
 * @param bytes The file.
 * @param header Its header, whose size the decoded picture must have.
 * @param options Most memory that the library may take, and whether samples of more than 8 bits are kept, as 16 bits.
 * @returns The stored picture.
 * @throws ImageError `image-damaged`, `image-too-large` or `image-library-unavailable`.
 */
export async function decodeWithLibrary(
  codec: LibraryCodec,
  bytes: Uint8Array,
  header: StoredHeader,
  { maxMemoryBytes, keepDepth }: Pick<StoredDecodeOptions, "maxMemoryBytes" | "keepDepth">,
): Promise<Picture | DeepPicture> {
  const { label, memoryBytesPerPixel, decodeOption, givesDepth = false, prepare = (file) => file } = codec;
  const { bitDepth = 8 } = header, isDeep = givesDepth && keepDepth && bitDepth > 8;
  const decoder = await loadDecoder(codec);
  const pixelBytes = memoryBytesPerPixel * header.width * header.height;
  const limitBytes = maxMemoryBytes ?? defaultMemoryBytes(bytes, pixelBytes);
  const failed = (what: string, cause?: unknown): ImageError => {
    if (!decoder.ranOutOfMemory() && pixelBytes < MAX_WASM_BYTES) return damaged(label, what, cause);
    return needsMoreMemory(label, header, Math.min(limitBytes, MAX_WASM_BYTES), cause);
  };
  let pixels;
  try {
    pixels = decoder.decode(
      prepare(bytes),
      limitBytes,
      isDeep ? bitDepth : decodeOption,
    );
  } catch (cause) {
    dropDecoder(codec);
    throw failed(decoder.takeMessages()[0] ?? "its decoder stopped", cause);
  }
  const messages = decoder.takeMessages();
  if ((decoder.memoryBytes() || pixelBytes) > KEEP_INSTANCE_BYTES) dropDecoder(codec);
  if (!pixels) throw failed(messages[0] ?? "its decoder found no picture");
  const complaint = codec.complaintOf?.(messages);
  if (complaint !== undefined) throw damaged(label, complaint);
  const { width, height } = pixels;
  const sameSize = width === header.width && height === header.height;
  const turnedSize = width === header.height && height === header.width;
  if (!sameSize && !(turnedSize && header.libraryOrients)) {
    throw damaged(label, `its header says ${header.width}×${header.height}, its data ${width}×${height}`);
  }
  if (!(pixels.data instanceof Uint16Array)) return { data: pixels.data, width, height };
  const most = 2 ** bitDepth - 1;
  return { data: pixels.data.map((sample) => withDepth(sample, most, 65535)), width, height };
}
