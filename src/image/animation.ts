import { boxes } from "./headers/boxes.ts";
import { jxlIsAnimated } from "./headers/jxl.ts";
import { pngChunks } from "./headers/png.ts";
import { latin1 } from "./bytes.ts";
import type { PictureFormat } from "./picture.ts";

/** Offset of the flags of a WebP file's `VP8X` chunk, and the flag of animation. */
const VP8X_FLAGS = 20;
const WEBP_ANIMATION_FLAG = 0x02;

const READERS: Readonly<Record<PictureFormat, (bytes: Uint8Array) => boolean>> = {
  png: (bytes) => {
    for (const { type } of pngChunks(bytes)) {
      if (type === "acTL") return true;
      if (type === "IDAT") return false;
    }
    return false;
  },
  jpeg: () => false,
  webp: (bytes) =>
    latin1(bytes.subarray(12, 16)) === "VP8X" && (bytes[VP8X_FLAGS] & WEBP_ANIMATION_FLAG) !== 0,
  avif: (bytes) => {
    for (const { type, data } of boxes(bytes, "AVIF")) {
      if (type !== "ftyp") continue;
      for (let offset = 0; offset + 4 <= data.length; offset += 4) {
        if (offset !== 4 && latin1(data.subarray(offset, offset + 4)) === "avis") return true;
      }
      return false;
    }
    return false;
  },
  jxl: jxlIsAnimated,
};

/** Whether a picture file holds an animation, of which {@linkcode decodePicture} gives the first frame. */
export function isAnimated(format: PictureFormat, bytes: Uint8Array): boolean {
  try {
    return READERS[format](bytes);
  } catch {
    return false; // what is broken is told by decoding
  }
}
