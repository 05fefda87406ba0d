import { JXL_DECODER, JXL_ENCODER } from "../../deps/jsquash.ts";
import { startsWithBytes } from "../bytes.ts";
import { decodeWithLibrary } from "../decode_with_library.ts";
import { decodeWithOxide } from "../decode_with_oxide.ts";
import { libraryWriter } from "../encode_with_library.ts";
import { type JxlHeader, jxlMetadata, readJxl } from "../headers/jxl.ts";
import type { LibraryCodec } from "../libraries.ts";
import { checkDensity } from "../limits.ts";
import { jxlWithMetadata } from "../write/jxl_metadata.ts";
import type { DeepPicture, Picture } from "../picture.ts";
import type { FileFormat, StoredDecodeOptions } from "./format.ts";

/** A file in the ISO box container; a bare codestream starts with FF 0A instead. */
const CONTAINER = [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a];

/** libjxl. */
const codec: LibraryCodec = {
  id: "jxl",
  label: "JPEG XL",
  decoder: { ...JXL_DECODER, wasm: "./jxl_dec.wasm" },
  encoder: { ...JXL_ENCODER, wasm: "./jxl_enc.wasm" },
  memoryBytesPerPixel: 256,
  maxSidePixels: 65535,
  addMetadata: jxlWithMetadata,
  options: ({ quality, lossless }) => ({
    effort: 7,
    quality: lossless ? 100 : quality,
    progressive: false,
    epf: -1,
    lossyPalette: false,
    decodingSpeedTier: 0,
    photonNoiseIso: 0,
    lossyModular: false,
    lossless,
  }),
};

/** Decodes samples of sRGB with 8 bits by libjxl; others by jxl-oxide, which keeps depth and colour space. */
async function decode(
  bytes: Uint8Array,
  header: JxlHeader,
  options: StoredDecodeOptions,
): Promise<Picture | DeepPicture> {
  const { colourDepth, colour, hasProfile, isXyb } = header, isProfiled = isXyb && hasProfile;
  if (!isProfiled && (colourDepth > 8 || colour || hasProfile)) {
    return await decodeWithOxide(bytes, header, options);
  }
  const picture = await decodeWithLibrary(codec, bytes, header, options);
  return isProfiled
    ? { ...picture, warnings: ["the colours were converted to sRGB; those outside of it were clipped"] }
    : picture;
}

/** JPEG XL; of an animation the first frame. It is written by libjxl with 8 bits per sample. */
export const jxl = {
  id: "jxl",
  label: codec.label,
  extensions: ["jxl"],
  read: {
    matches: (start) => startsWithBytes(start, [0xff, 0x0a]) || startsWithBytes(start, CONTAINER),
    header: readJxl,
    checkWork: (bytes, size, maxPixelsPerByte) => checkDensity("JPEG XL", bytes, size, maxPixelsPerByte),
    metadata: jxlMetadata,
    orientsItself: true,
    decode: (bytes, _header, options) => decode(bytes, readJxl(bytes), options),
  },
  write: libraryWriter(codec),
} as const satisfies FileFormat;
