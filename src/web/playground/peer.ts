/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { avif } from "../../image/formats/avif.ts";

/** Halvings of the range of qualities. Those of AVIF, which takes longer, are whole numbers up to 100. */
const STEPS = 8, AVIF_STEPS = 6;

/**
 * Encodes at the best quality whose file has at most so many bytes; at the lowest quality if none has. JPEG and WebP are encoded by
 * the browser, AVIF by libaom (jSquash), because browsers write none.
 *
 * @param source The image.
 * @param type MIME type, `image/jpeg`, `image/webp` or `image/avif`.
 * @param most Bytes.
 * @throws Error if this format cannot be written here.
 */
export async function encodeToBytes(source: ImageData, type: string, most: number): Promise<Blob> {
  const encode = type === "image/avif" ? avifEncoder(source) : browserEncoder(source, type);
  const steps = type === "image/avif" ? AVIF_STEPS : STEPS;
  let low = 0, high = 1, best = await encode(0);
  for (let step = 0; step < steps && best.size <= most; step++) {
    const quality = (low + high) / 2, file = await encode(quality);
    if (file.size <= most) [low, best] = [quality, file];
    else high = quality;
  }
  return best;
}

/** Encodes at a quality from 0 to 1. */
type Encode = (quality: number) => Promise<Blob>;

function browserEncoder(source: ImageData, type: string): Encode {
  const canvas = new OffscreenCanvas(source.width, source.height);
  canvas.getContext("2d")!.putImageData(source, 0, 0);
  return async (quality) => {
    const file = await canvas.convertToBlob({ type, quality });
    if (file.type === type) return file;
    throw new Error(
      `Cannot compare with ${type}: this browser must be able to write it. Choose another format.`,
    );
  };
}

function avifEncoder({ data, width, height }: ImageData): Encode {
  const picture = { data: data as Uint8ClampedArray<ArrayBuffer>, width, height };
  return async (quality) => {
    const options = { quality: Math.max(1, Math.round(100 * quality)), lossless: false };
    const { bytes } = await avif.write.encode(picture, options);
    return new Blob([bytes], { type: "image/avif" });
  };
}
