/**
 * jSquash's codecs: mozjpeg, libwebp, libavif and libjxl as WebAssembly; each loads when it is called for. Each is the codec's
 * own module, with the address beside which its WebAssembly lies.
 *
 * @module
 */

/** mozjpeg's decoder. */
export const JPEG_DECODER = {
  load: () => import("npm:@jsquash/jpeg@1.6.0/codec/dec/mozjpeg_dec.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/jpeg@1.6.0/codec/dec/mozjpeg_dec.js"),
};
/** libwebp's decoder. */
export const WEBP_DECODER = {
  load: () => import("npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/webp@1.5.0/codec/dec/webp_dec.js"),
};
/** libavif's decoder. */
export const AVIF_DECODER = {
  load: () => import("npm:@jsquash/avif@2.1.1/codec/dec/avif_dec.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/avif@2.1.1/codec/dec/avif_dec.js"),
};
/** libjxl's decoder. */
export const JXL_DECODER = {
  load: () => import("npm:@jsquash/jxl@1.3.0/codec/dec/jxl_dec.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/jxl@1.3.0/codec/dec/jxl_dec.js"),
};
/** mozjpeg's encoder. */
export const JPEG_ENCODER = {
  load: () => import("npm:@jsquash/jpeg@1.6.0/codec/enc/mozjpeg_enc.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/jpeg@1.6.0/codec/enc/mozjpeg_enc.js"),
};
/** libwebp's encoder. */
export const WEBP_ENCODER = {
  load: () => import("npm:@jsquash/webp@1.5.0/codec/enc/webp_enc_simd.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/webp@1.5.0/codec/enc/webp_enc_simd.js"),
};
/** libavif's encoder. */
export const AVIF_ENCODER = {
  load: () => import("npm:@jsquash/avif@2.1.1/codec/enc/avif_enc.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/avif@2.1.1/codec/enc/avif_enc.js"),
};
/** libjxl's encoder. */
export const JXL_ENCODER = {
  load: () => import("npm:@jsquash/jxl@1.3.0/codec/enc/jxl_enc.js"),
  resolve: () => import.meta.resolve("npm:@jsquash/jxl@1.3.0/codec/enc/jxl_enc.js"),
};
