import { InvalidValueError } from "./errors.ts";

/**
 * A picture as browsers, canvases and image libraries hand it over: an `ImageData` is one.
 *
 * | `data` | Range of a sample |
 * |---|---|
 * | `Uint8ClampedArray`, `Uint8Array` (a Node `Buffer` is one) | 0 to 255 |
 * | `Uint16Array` | 0 to 65535 |
 * | `Float32Array`, `Float16Array` | 0 to 1; values beyond are clamped, NaN and infinities are refused |
 */
export interface PictureInput {
  /** RGBA, not premultiplied, rows top to bottom, without padding: 4 · width · height samples. */
  readonly data:
    | Uint8ClampedArray<ArrayBufferLike>
    | Uint8Array<ArrayBufferLike>
    | Uint16Array<ArrayBufferLike>
    | Float32Array<ArrayBufferLike>
    | Float16Array<ArrayBufferLike>;
  /** Columns, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
}

/** Typed arrays that a picture's samples may come in, over any buffer, shared ones included. */
export type PictureSamples = PictureInput["data"];

/** A picture whose samples are integers, with fields of its own. */
export interface IntegerPicture {
  /** RGBA, in memory that is not shared: the caller's own where that is possible. */
  readonly data: Uint8ClampedArray<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether the samples are exactly those of the input: false for floats that no 16 bits tell. */
  readonly isExact: boolean;
}

const SAMPLE_TYPES = ["Uint8ClampedArray", "Uint8Array", "Uint16Array", "Float32Array", "Float16Array"];
const ACCEPTED = `{ data, width, height } with RGBA samples as ${SAMPLE_TYPES.slice(0, -1).join(", ")} or ${
  SAMPLE_TYPES.at(-1)
}, for example an ImageData`;

/**
 * Checks a picture and reads its fields, which may be getters, once.
 *
 * @param picture What a caller gave.
 * @param samplesPerPixel How many samples a pixel may have.
 * @returns An object of its own, its data the caller's.
 * @throws InvalidValueError ("picture-type", "picture-size", "picture-data").
 */
export function checkedPicture(
  picture: unknown,
  samplesPerPixel: readonly number[] = [4],
): PictureInput {
  if (typeof picture !== "object" || picture === null) {
    throw typeError(picture === null ? "null" : `a value of type ${typeof picture}`);
  }
  const { data, width, height, colorSpace } = picture as Partial<PictureInput> & { colorSpace?: unknown };
  if (!SAMPLE_TYPES.includes(typeOf(data))) {
    throw typeError(data === undefined ? `${typeOf(picture)} without data` : `data of type ${typeOf(data)}`);
  }
  if (!Number.isInteger(width) || !Number.isInteger(height) || width! < 1 || height! < 1) {
    throw new InvalidValueError(
      "picture-size",
      "Cannot take the picture: its width and height must be whole numbers from 1 (got " +
        `${width}×${height}). Give a picture with at least one pixel.`,
    );
  }
  const samples = data as PictureSamples, pixels = width! * height!;
  if (!samplesPerPixel.some((count) => samples.length === count * pixels)) {
    throw new InvalidValueError(
      "picture-data",
      `Cannot take a picture of ${width}×${height}: its data must hold ${
        samplesPerPixel.map((count) => count * pixels).join(" or ")
      } samples (got ${samples.length}). Give RGBA without padding.`,
    );
  }
  if (colorSpace !== undefined && colorSpace !== "srgb" && !hasProfile(picture)) {
    throw new InvalidValueError(
      "picture-type",
      `Cannot take the picture: its colour space must be sRGB (got "${colorSpace}"). Read the canvas ` +
        'with { colorSpace: "srgb" }, or give the profile as metadata.icc.',
    );
  }
  return { data: samples, width: width!, height: height! };
}

/**
 * The samples of a picture as integers: 8 bits where these tell all that it holds, else 16.
 *
 * Floats that are multiples of 1/255 in their own precision become 8 bits, others 16 bits to the nearest.
 *
 * @param picture A checked one.
 * @throws InvalidValueError ("picture-data") for NaN and infinities.
 */
export function integerPicture({ data, width, height }: PictureInput): IntegerPicture {
  const type = typeOf(data);
  if (type === "Uint16Array") return { data: unshared(data), width, height, isExact: true };
  if (type === "Uint8Array" || type === "Uint8ClampedArray") {
    const { buffer, byteOffset, length } = data;
    return {
      data: unshared(new Uint8ClampedArray(buffer, byteOffset, length)),
      width,
      height,
      isExact: true,
    };
  }
  const floats = data as Float32Array | Float16Array, round = type === "Float16Array" ? half : Math.fround;
  checkFinite(floats);
  const bytes = quantised(floats, new Uint8ClampedArray(floats.length), 255, round);
  if (bytes.isExact) return { ...bytes, width, height };
  return { ...quantised(floats, new Uint16Array(floats.length), 65535, round), width, height };
}

/**
 * The samples of a picture in [0, 1], floats clamped; `undefined` if it holds bytes, which need no floats.
 *
 * @param picture A checked one.
 * @throws InvalidValueError ("picture-data") for NaN and infinities.
 */
export function unitSamples({ data }: PictureInput): Float32Array<ArrayBuffer> | undefined {
  const type = typeOf(data);
  if (type === "Uint8Array" || type === "Uint8ClampedArray") return undefined;
  if (type === "Uint16Array") return Float32Array.from(data as Uint16Array, (sample) => sample / 65535);
  checkFinite(data as Float32Array);
  return Float32Array.from(data as Float32Array, clamped);
}

function quantised<T extends Uint8ClampedArray<ArrayBuffer> | Uint16Array<ArrayBuffer>>(
  floats: Float32Array | Float16Array,
  data: T,
  most: number,
  round: (value: number) => number,
): { data: T; isExact: boolean } {
  let isExact = true;
  for (let i = 0; i < floats.length; i++) {
    const level = Math.round(clamped(floats[i]) * most);
    data[i] = level;
    if (round(level / most) !== floats[i]) isExact = false;
  }
  return { data, isExact };
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** To the nearest that 16 bits hold. */
function half(value: number): number {
  return Math.f16round(value);
}

function checkFinite(floats: Float32Array | Float16Array): void {
  for (let i = 0; i < floats.length; i++) {
    if (Number.isFinite(floats[i])) continue;
    throw new InvalidValueError(
      "picture-data",
      `Cannot take the picture: its samples must be finite numbers from 0 to 1 (got ${floats[i]} at ` +
        `sample ${i}). Replace this sample.`,
    );
  }
}

/** A copy where others might write at any time. */
function unshared<T extends IntegerPicture["data"]>(data: ArrayBufferView): T {
  const own = data as T;
  const isShared = typeof SharedArrayBuffer !== "undefined" && data.buffer instanceof SharedArrayBuffer;
  return isShared ? ownCopy(own) : own;
}

/** A copy in memory of its own: the `slice` of a `Buffer` of Node gives a view. */
export function ownCopy<T extends ArrayBufferView>(samples: T): T {
  return Uint8Array.prototype.slice.call(samples) as ArrayBufferView as T;
}

/** Name of a typed array's class, of any realm; else of the value's. */
export function typeOf(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    return (value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
  }
  return Object.prototype.toString.call(value).slice(8, -1);
}

function hasProfile(picture: object): boolean {
  return (picture as { metadata?: { icc?: unknown } }).metadata?.icc !== undefined;
}

function typeError(got: string): InvalidValueError {
  return new InvalidValueError(
    "picture-type",
    `Cannot take this picture: it must be ${ACCEPTED} (got ${got}). Give RGBA samples, as decodePicture makes ` +
      "them of an image file.",
  );
}
