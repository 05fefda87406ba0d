import { JPEG_DECODER, JPEG_ENCODER } from "../../deps/jsquash.ts";
import { startsWithBytes } from "../bytes.ts";
import { decodeWithLibrary } from "../decode_with_library.ts";
import { encodeWithLibrary } from "../encode_with_library.ts";
import { damaged } from "../errors.ts";
import { jpegMetadata, readJpeg, withEndOfImage } from "../headers/jpeg.ts";
import { countJpegScans } from "../headers/jpeg_scans.ts";
import type { LibraryCodec } from "../libraries.ts";
import { tooMuchWork } from "../limits.ts";
import { jpegWithMetadata } from "../write/jpeg_metadata.ts";
import type { FileFormat } from "./format.ts";

/** JPEG spends at least a bit on each block of 64 pixels. */
const PIXELS_PER_BYTE = 512;
/** Passes over all pixels that a picture of any size may take: encoders make up to about 12 scans. */
const MAX_PASSES = 32;
/** Pixels times passes that are always allowed; they take the decoder about 0.2 s. */
const FREE_PASS_PIXELS = 2 ** 28;

/** mozjpeg. */
const codec: LibraryCodec = {
  id: "jpeg",
  label: "JPEG",
  decoder: { ...JPEG_DECODER, wasm: "./mozjpeg_dec.wasm" },
  encoder: { ...JPEG_ENCODER, wasm: "./mozjpeg_enc.wasm" },
  decodeOption: false, // do not apply the orientation
  memoryBytesPerPixel: 32,
  maxSidePixels: 65500,
  prepare: withEndOfImage,
  complaintOf: (messages) => messages.find(tellsOfLostData),
  hasGreySamples: true,
  addMetadata: jpegWithMetadata,
  options: ({ quality, grey }) => ({
    quality,
    baseline: false,
    arithmetic: false,
    progressive: true,
    optimize_coding: true,
    smoothing: 0,
    color_space: grey ? 1 : 3, // grey or YCbCr
    quant_table: 3,
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1,
    auto_subsample: true,
    chroma_subsample: 2,
    separate_chroma_quality: false,
    chroma_quality: quality,
  }),
};

/** JPEG, baseline and progressive, by mozjpeg. */
export const jpeg = {
  id: "jpeg",
  label: codec.label,
  extensions: ["jpg", "jpeg", "jfif"],
  read: {
    matches: (start) => startsWithBytes(start, [0xff, 0xd8, 0xff]),
    header: readJpeg,
    checkWork(bytes, { width, height }) {
      const pixels = width * height;
      if (pixels > PIXELS_PER_BYTE * bytes.length) {
        throw damaged(
          "JPEG",
          `its ${bytes.length} bytes cannot hold the ${pixels} pixels that its header states`,
        );
      }
      const mostScans = Math.max(MAX_PASSES, Math.floor(FREE_PASS_PIXELS / pixels));
      if (countJpegScans(bytes, mostScans) > mostScans) {
        throw tooMuchWork("JPEG", `more than ${mostScans} scans of ${width}×${height} pixels`);
      }
    },
    metadata: jpegMetadata,
    orientsItself: false,
    decode: (bytes, header, options) => decodeWithLibrary(codec, bytes, header, options),
  },
  write: {
    hasLossyMode: true,
    hasLosslessMode: false,
    hasAlpha: false,
    readsLater: true,
    encode: (picture, { quality, lossless }) => encodeWithLibrary(codec, picture, quality, lossless),
  },
} as const satisfies FileFormat;

/**
 * libjpeg paints what is missing grey, prints a line and carries on. Lost data are an error to us; stray bytes between
 * segments and odd but harmless header fields, which many cameras write, are not.
 */
function tellsOfLostData(message: string): boolean {
  return /^(premature end|corrupt jpeg data)/i.test(message) && !/extraneous bytes/i.test(message);
}
