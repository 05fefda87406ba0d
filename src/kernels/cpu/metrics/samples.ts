import { InvalidValueError, type PictureInput } from "../../../core/mod.ts";
import { checkedPicture, unitSamples } from "../../../core/picture.ts";

/** Two of these, of the same size, are what every picture metric compares. An `ImageData` is one. */
export interface Samples8 {
  /** 8-bit samples, RGB or RGBA interleaved, row-major; a fourth channel is ignored. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels in a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
}

/** Samples on the scale from 0 to 255, of any precision. */
export interface ScaledSamples {
  /** RGB or RGBA interleaved. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Two pictures of one size. */
export interface ComparablePair {
  /** The source. */
  readonly a: ScaledSamples;
  /** The distorted picture. */
  readonly b: ScaledSamples;
  /** Samples from a pixel to the next in either: 3 or 4. */
  readonly strides: readonly [strideA: number, strideB: number];
}

/**
 * Checks that two pictures can be compared and brings their samples to the scale from 0 to 255, without rounding.
 *
 * @param a The source.
 * @param b The distorted picture.
 * @throws InvalidValueError ("picture-mismatch") when the sizes differ; ("picture-type", "picture-size", "picture-data")
 *   when one of them is no picture of 3 or 4 samples a pixel.
 */
export function comparable(a: PictureInput, b: PictureInput): ComparablePair {
  const [checkedA, checkedB] = [checkedPicture(a, [3, 4]), checkedPicture(b, [3, 4])];
  if (checkedA.width !== checkedB.width || checkedA.height !== checkedB.height) {
    throw new InvalidValueError(
      "picture-mismatch",
      `Cannot compare the pictures: their sizes must be equal (got ${checkedA.width}×${checkedA.height} and ` +
        `${checkedB.width}×${checkedB.height}). Crop or scale one of them.`,
    );
  }
  const strideOf = ({ data, width, height }: PictureInput) => data.length / (width * height);
  return {
    a: scaled(checkedA),
    b: scaled(checkedB),
    strides: [strideOf(checkedA), strideOf(checkedB)],
  };
}

function scaled(picture: PictureInput): ScaledSamples {
  const { width, height } = picture, floats = unitSamples(picture);
  const data = floats ? floats.map((sample) => sample * 255) : picture.data as Uint8Array | Uint8ClampedArray;
  return { data, width, height };
}
