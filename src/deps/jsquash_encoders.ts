/** jSquash's encoders by format; each loads when it is called for. */
export const JSQUASH_ENCODERS = {
  jpeg: () => import("npm:@jsquash/jpeg@1.6.0/encode.js"),
  webp: () => import("npm:@jsquash/webp@1.5.0/encode.js"),
  avif: () => import("npm:@jsquash/avif@2.1.1/encode.js"),
  jxl: () => import("npm:@jsquash/jxl@1.3.0/encode.js"),
};
