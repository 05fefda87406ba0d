/**
 * Picture files in (PNG, JPEG, WebP, AVIF, JPEG XL) and out (these, PPM and PAM). The only place that knows image libraries.
 *
 * Needs no permission in Deno: the bytes come from the caller, the libraries' WebAssembly is part of the program.
 *
 * @module
 */
export type { Cicp } from "./cicp.ts";
export { type DecodeOptions, decodePicture } from "./decode.ts";
export type { EncodedFormat, PictureFormat } from "./encoded_format.ts";
export {
  ENCODED_FORMATS,
  type EncodedPicture,
  encodePicture,
  type EncodePictureOptions,
  extensionOf,
  formatOfExtension,
  LOSSLESS_FORMATS,
  LOSSY_FORMATS,
} from "./encode_picture.ts";
export { encodePng, type EncodePngOptions } from "./encode_png.ts";
export { ImageError, type ImageErrorCode } from "./errors.ts";
export { type DecodeLimits, DEFAULT_MAX_PIXELS, DEFAULT_MAX_PIXELS_PER_BYTE } from "./limits.ts";
export type { PictureMetadata } from "./metadata_parts.ts";
export { colourOnly, withoutLocation } from "./privacy.ts";
export type { DeepPicture, Orientation, Picture, PictureHeader } from "./picture.ts";
export { PictureDecoder, type PictureDecoderOptions } from "./picture_decoder.ts";
export { readPictureSize } from "./size.ts";
export { sniffFormat } from "./sniff.ts";
