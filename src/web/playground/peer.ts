/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />

/** Halvings of the range of qualities: finer than the steps of the encoders. */
const STEPS = 8;

/**
 * Encodes with the browser's own encoder at the best quality whose file has at most so many bytes; at quality 0 if none has.
 *
 * @param source The image.
 * @param type MIME type, `image/jpeg` or `image/webp`.
 * @param most Bytes.
 * @throws Error if the browser cannot write this format.
 */
export async function encodeToBytes(source: ImageData, type: string, most: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(source.width, source.height);
  canvas.getContext("2d")!.putImageData(source, 0, 0);
  let low = 0, high = 1, best = await canvas.convertToBlob({ type, quality: 0 });
  if (best.type !== type) {
    throw new Error(
      `Cannot compare with ${type}: this browser must be able to write it. Choose another format.`,
    );
  }
  for (let step = 0; step < STEPS && best.size <= most; step++) {
    const quality = (low + high) / 2, file = await canvas.convertToBlob({ type, quality });
    if (file.size <= most) [low, best] = [quality, file];
    else high = quality;
  }
  return best;
}
