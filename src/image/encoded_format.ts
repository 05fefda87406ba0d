/** The formats that {@linkcode encodePicture} writes: those that are read, and Netpbm's PPM (RGB) and PAM (RGBA). */
export type EncodedFormat = "png" | "jpeg" | "webp" | "avif" | "jxl" | "ppm" | "pam";

/** The formats {@linkcode decodePicture} reads. */
export type PictureFormat = Exclude<EncodedFormat, "ppm" | "pam">;
