import type { CropRect } from "./headers/types.ts";
import type { DeepPicture, Orientation, Picture } from "./picture.ts";

/**
 * Whether an orientation exchanges width and height.
 *
 * @param orientation The EXIF value.
 * @returns True for the four values that hold a quarter turn.
 */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** The part of a stored picture that is inside a rectangle. */
export function cropPicture<P extends Picture | DeepPicture>(picture: P, rect: CropRect): P {
  const { width, height } = rect, { data } = picture;
  const length = 4 * width * height;
  const part = data instanceof Uint16Array ? new Uint16Array(length) : new Uint8ClampedArray(length);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((rect.y + y) * picture.width + rect.x);
    part.set(data.subarray(from, from + 4 * width), 4 * y * width);
  }
  return { ...picture, data: part, width, height };
}

/**
 * Turns a stored picture upright.
 *
 * @param picture As stored in the file.
 * @param orientation The file's EXIF orientation.
 * @returns The upright picture; the same object when there is nothing to do.
 */
export function orientPicture<P extends Picture | DeepPicture>(picture: P, orientation: Orientation): P {
  if (orientation === 1) return picture;
  const { width: w, height: h } = picture;
  const lastColumn = w - 1, lastRow = (h - 1) * w, last = h * w - 1;
  // Where the upright picture's top left pixel is stored, and how far one step right and one step down go there.
  const walks: Record<Exclude<Orientation, 1>, readonly [start: number, right: number, down: number]> = {
    2: [lastColumn, -1, w],
    3: [last, -1, -w],
    4: [lastRow, 1, -w],
    5: [0, w, 1],
    6: [lastRow, -w, 1],
    7: [last, -w, -1],
    8: [lastColumn, w, -1],
  };
  const [start, right, down] = walks[orientation];
  const [width, height] = swapsSides(orientation) ? [h, w] : [w, h];
  const deep = picture.data instanceof Uint16Array;
  const data = deep ? new Uint16Array(4 * w * h) : new Uint8ClampedArray(4 * w * h);
  // One word a pixel.
  const words = deep ? BigUint64Array : Uint32Array;
  const aligned = picture.data.byteOffset % words.BYTES_PER_ELEMENT === 0
    ? picture.data
    : picture.data.slice();
  const source = new words(aligned.buffer as ArrayBuffer, aligned.byteOffset, w * h) as Uint32Array;
  const target = new words(data.buffer) as Uint32Array;
  for (let y = 0, to = 0; y < height; y++) {
    let from = start + y * down;
    for (let x = 0; x < width; x++, from += right) target[to++] = source[from];
  }
  return { ...picture, data, width, height };
}
