import { AVIF_DECODER, AVIF_ENCODER } from "../../deps/jsquash.ts";
import { asciiAt } from "../bytes.ts";
import { decodeWithLibrary } from "../decode_with_library.ts";
import { withDepth } from "../depth.ts";
import { libraryWriter } from "../encode_with_library.ts";
import { avifMetadata, readAvif } from "../headers/avif.ts";
import { avifWork } from "../headers/avif_work.ts";
import type { LibraryCodec } from "../libraries.ts";
import { checkDensity, tooMuchWork } from "../limits.ts";
import { avifWithMetadata } from "../write/avif_metadata.ts";
import type { FileFormat } from "./format.ts";

/** A picture with alpha, tiles that overlap its edge and all layers codes fewer times its pixels than this. */
const MAX_CODED_RATIO = 16;
/** Tiles have at least 64 × 64 pixels, however small the picture is. */
const FREE_PIXELS = 2 ** 20;

/** libavif. */
const codec: LibraryCodec = {
  id: "avif",
  label: "AVIF",
  decoder: { ...AVIF_DECODER, wasm: "./avif_dec.wasm" },
  encoder: { ...AVIF_ENCODER, wasm: "./avif_enc.wasm" },
  decodeOption: 8, // bits per sample
  givesDepth: true,
  memoryBytesPerPixel: 160,
  maxSidePixels: 16384,
  addMetadata: avifWithMetadata,
  // Browsers show lossy files of 10 bits; exact ones may need 12.
  bitDepthOf: (samples, lossless) => !lossless || samples.every(isOfTenBits) ? 10 : 12,
  options: ({ quality, lossless, bitDepth }) => ({
    quality: lossless ? 100 : quality,
    qualityAlpha: -1,
    denoiseLevel: 0,
    tileColsLog2: 0,
    tileRowsLog2: 0,
    speed: 6,
    subsample: lossless ? 3 : 1, // 4:4:4 or 4:2:0
    chromaDeltaQ: false,
    sharpness: 0,
    tune: 0,
    enableSharpYUV: false,
    bitDepth,
    lossless,
  }),
};

/** AVIF by libavif; of a sequence the first picture. */
export const avif = {
  id: "avif",
  label: codec.label,
  extensions: ["avif"],
  read: {
    matches: (start) => asciiAt(start, 4) === "ftyp" && namesAvifBrand(start),
    header: readAvif,
    checkWork(bytes, size, maxPixelsPerByte) {
      checkDensity("AVIF", bytes, size, maxPixelsPerByte);
      const { codedPixels, largestFrame } = avifWork(bytes), coded = Math.max(codedPixels, largestFrame);
      if (coded > MAX_CODED_RATIO * size.width * size.height + FREE_PIXELS) {
        throw tooMuchWork("AVIF", `frames of ${coded} pixels for ${size.width}×${size.height}`);
      }
    },
    metadata: avifMetadata,
    orientsItself: true,
    decode: (bytes, header, options) => decodeWithLibrary(codec, bytes, header, options),
  },
  write: libraryWriter(codec),
} as const satisfies FileFormat;

/** Whether a sample of 16 bits is one of 10 bits. */
function isOfTenBits(sample: number): boolean {
  return withDepth(withDepth(sample, 65535, 1023), 1023, 65535) === sample;
}

/** Whether the `ftyp` box at the start names AVIF among its major (offset 8) and compatible (from 16) brands. */
function namesAvifBrand(start: Uint8Array): boolean {
  const boxLength = ((start[0] << 24) | (start[1] << 16) | (start[2] << 8) | start[3]) >>> 0;
  const end = Math.min(boxLength, start.length);
  for (let offset = 8; offset + 4 <= end; offset += 4) {
    if (offset === 12) continue; // the minor version, not a brand
    const brand = asciiAt(start, offset);
    if (brand === "avif" || brand === "avis") return true;
  }
  return false;
}
