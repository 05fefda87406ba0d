import { WEBP_DECODER, WEBP_ENCODER } from "../../deps/jsquash.ts";
import { asciiAt } from "../bytes.ts";
import { decodeWithLibrary } from "../decode_with_library.ts";
import { libraryWriter } from "../encode_with_library.ts";
import { damaged } from "../errors.ts";
import type { StoredHeader } from "../headers/types.ts";
import { isAnimatedWebp, readWebp, webpMetadata } from "../headers/webp.ts";
import type { LibraryCodec } from "../libraries.ts";
import { checkDensity } from "../limits.ts";
import type { Picture } from "../picture.ts";
import { firstWebpFrame, onCanvas } from "../webp_frame.ts";
import { webpWithMetadata } from "../write/webp_metadata.ts";
import type { FileFormat, StoredDecodeOptions } from "./format.ts";

/** libwebp. */
const codec: LibraryCodec = {
  id: "webp",
  label: "WebP",
  decoder: { ...WEBP_DECODER, wasm: "./webp_dec.wasm" },
  encoder: { ...WEBP_ENCODER, wasm: "./webp_enc_simd.wasm" },
  memoryBytesPerPixel: 24,
  maxSidePixels: 16383,
  addMetadata: webpWithMetadata,
  options: ({ quality, lossless }) => ({
    quality: lossless ? 75 : quality, // of a lossless file: the effort
    target_size: 0,
    target_PSNR: 0,
    method: 4,
    sns_strength: 50,
    filter_strength: 60,
    filter_sharpness: 0,
    filter_type: 1,
    partitions: 0,
    segments: 4,
    pass: 1,
    show_compressed: 0,
    preprocessing: 0,
    autofilter: 0,
    partition_limit: 0,
    alpha_compression: 1,
    alpha_filtering: 1,
    alpha_quality: 100,
    lossless: Number(lossless),
    exact: Number(lossless), // hidden samples, too
    image_hint: 0,
    emulate_jpeg_size: 0,
    thread_level: 0,
    low_memory: 0,
    near_lossless: 100,
    use_delta_palette: 0,
    use_sharp_yuv: 0,
  }),
};

/** WebP, lossy and lossless, by libwebp; of an animation the first frame. */
export const webp = {
  id: "webp",
  label: codec.label,
  extensions: ["webp"],
  read: {
    matches: (start) => asciiAt(start, 0) === "RIFF" && asciiAt(start, 8) === "WEBP",
    header: readWebp,
    checkWork: (bytes, size, maxPixelsPerByte) => checkDensity("WebP", bytes, size, maxPixelsPerByte),
    metadata: webpMetadata,
    orientsItself: false,
    decode: (bytes, header, options) =>
      isAnimatedWebp(bytes)
        ? decodeFirstFrame(bytes, header, options)
        : decodeWithLibrary(codec, bytes, header, options),
  },
  write: libraryWriter(codec),
} as const satisfies FileFormat;

async function decodeFirstFrame(
  bytes: Uint8Array,
  { width, height }: StoredHeader,
  options: StoredDecodeOptions,
): Promise<Picture> {
  const { file, x, y } = firstWebpFrame(bytes);
  const header = readWebp(file);
  // Checked before the library allocates: a frame may state any size.
  if (header.width > width || header.height > height) {
    throw damaged("WebP", `a frame of ${header.width}×${header.height} pixels lies on ${width}×${height}`);
  }
  return onCanvas(await decodeWithLibrary(codec, file, header, options) as Picture, x, y, width, height);
}
