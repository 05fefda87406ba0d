import type { PictureInput } from "../core/mod.ts";
import { checkedPicture, integerPicture, ownCopy } from "../core/picture.ts";
import type { DeepPicture, PictureMetadata } from "../image/mod.ts";
import type { PictureLike } from "../world.ts";
import { intersection, type Rect } from "./tiles/tile_grid.ts";

/** Typed arrays that hold RGBA samples. */
export type SampleData = PictureLike["data"] | DeepPicture["data"];

/** A picture of 8 or 16 bits a sample. */
export interface AnyPicture {
  /** RGBA, rows top to bottom, without padding: 4 · width · height samples. */
  readonly data: SampleData;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Profile, EXIF and XMP, as `decodePicture` gives them. */
  readonly metadata?: PictureMetadata;
}

/** Whether samples have 16 bits. */
export function isDeep(picture: AnyPicture): picture is DeepPicture {
  return picture.data instanceof Uint16Array;
}

/** What `compress` takes: a picture of any precision, an `ImageData` for example. */
export interface CompressInput extends PictureInput {
  /** Profile, EXIF and XMP, as `decodePicture` gives them. */
  readonly metadata?: PictureMetadata;
}

/**
 * A picture as streams code it, with fields of its own: bytes and 16-bit samples as they are, floats as one of them.
 *
 * Errors: `InvalidValueError` ("picture-type", "picture-size", "picture-data").
 *
 * @param isCopied Whether its samples must be in memory of their own, which the caller of a promise cannot change.
 */
export function codecPicture(
  input: CompressInput,
  isCopied = false,
): { readonly picture: AnyPicture; readonly isExact: boolean } {
  const checked = checkedPicture(input), { isExact, data, ...size } = integerPicture(checked);
  const samples = isCopied && data.buffer === checked.data.buffer ? ownCopy(data) : data;
  const { metadata } = input;
  return { picture: { data: samples, ...size, ...(metadata && { metadata }) }, isExact };
}

/** What a picture needs of a file: whether R = G = B everywhere, and whether all alpha is full. */
export function traitsOf({ data }: AnyPicture): { readonly grey: boolean; readonly opaque: boolean } {
  const full = data instanceof Uint16Array ? 65535 : 255;
  let grey = true, opaque = true;
  for (let i = 0; i < data.length && (grey || opaque); i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) grey = false;
    if (data[i + 3] !== full) opaque = false;
  }
  return { grey, opaque };
}

/** Whether a picture has at most so many colours, alpha not counted. */
export function hasFewColours({ data }: Pick<AnyPicture, "data">, most: number): boolean {
  const colours = new Set<number>();
  for (let i = 0; i < data.length && colours.size <= most; i += 4) {
    colours.add((data[i] * 65536 + data[i + 1]) * 65536 + data[i + 2]);
  }
  return colours.size <= most;
}

/** The picture rounded to 8 bits; itself if it has no more. */
export function toEightBits(picture: AnyPicture): PictureLike {
  if (!isDeep(picture)) return picture as PictureLike;
  const { width, height } = picture;
  return { data: eightBitSamples(picture.data), width, height };
}

/** 16-bit samples rounded to 8 bits. */
export function eightBitSamples(data: Uint16Array): Uint8ClampedArray<ArrayBuffer> {
  const rounded = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) rounded[i] = (data[i] + 128) / 257 | 0;
  return rounded;
}

/** The samples of a rectangle inside a picture: the picture's own array where it is the whole. */
export function cropSamples({ data, width, height }: AnyPicture, rect: Rect): SampleData {
  if (rect.width === width && rect.height === height) return data;
  const crop = samplesLike(data, 4 * rect.width * rect.height);
  for (let y = 0; y < rect.height; y++) {
    const from = 4 * ((rect.y + y) * width + rect.x);
    crop.set(data.subarray(from, from + 4 * rect.width), 4 * y * rect.width);
  }
  return crop;
}

/** Which samples of a picture are written into another: all, those of alpha, or the colours of pixels of full alpha. */
export type PastedSamples = "all" | "alpha" | "covering";

/** Writes what the rectangles share from one picture into another. */
export function pasteSamples(
  source: SampleData,
  from: Rect,
  target: SampleData,
  to: Rect,
  pasted: PastedSamples = "all",
): void {
  const shared = intersection(from, to);
  for (let y = shared.y; y < shared.y + shared.height; y++) {
    const start = 4 * ((y - from.y) * from.width + shared.x - from.x);
    const offset = 4 * ((y - to.y) * to.width + shared.x - to.x);
    const row = source.subarray(start, start + 4 * shared.width);
    if (pasted === "all") target.set(row, offset);
    else if (pasted === "alpha") { for (let i = 3; i < row.length; i += 4) target[offset + i] = row[i]; }
    else {
      for (let i = 0; i < row.length; i += 4) {
        if (row[i + 3] === 255) target.set(row.subarray(i, i + 3), offset + i);
      }
    }
  }
}

function samplesLike(data: SampleData, length: number): SampleData {
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8ClampedArray(length);
}
