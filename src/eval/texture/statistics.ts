import type { Samples8 } from "../../kernels/cpu/metrics/mod.ts";
import { octaves, type Plane } from "./pyramid.ts";

/** Mean and standard deviation of one feature over every block. */
export interface BlockStatistics {
  /** Mean per block, row-major. */
  readonly mean: Float64Array;
  /** Standard deviation per block. */
  readonly deviation: Float64Array;
}

const OCTAVES = 3;
/** Side of a block, in samples of its octave. */
const BLOCK = 8;

/** Smallest side of a picture whose coarsest octave still holds a block, in pixels. */
export const TEXTURE_MIN_SIDE: number = (BLOCK - 1) * 2 ** (OCTAVES - 1) + 1;

/**
 * Local statistics of fine detail: of the luma's three finest octaves, and of each octave's differences to the left
 * and upper neighbours, mean and standard deviation over blocks of 8×8 samples. Samples beyond the last whole block
 * do not count.
 *
 * @param picture 8-bit samples; a fourth channel is ignored.
 * @param stride Samples per pixel.
 * @returns Nine features: per octave, finest first, the octave and its horizontal and vertical differences.
 */
export function textureStatistics(picture: Samples8, stride: number): BlockStatistics[] {
  return octaves(luma(picture, stride), OCTAVES).flatMap((band) =>
    [band, differences(band, 1, 0), differences(band, 0, 1)].map(blockStatistics)
  );
}

/** Luma of BT.601, 0 to 255. */
function luma({ data, width, height }: Samples8, stride: number): Plane {
  const out = new Float64Array(width * height);
  for (let pixel = 0, i = 0; pixel < out.length; pixel++, i += stride) {
    out[pixel] = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
  }
  return { data: out, width, height };
}

/** Every sample less its neighbour `dx` to the left and `dy` above; 0 where there is none. */
function differences({ data, width, height }: Plane, dx: number, dy: number): Plane {
  const out = new Float64Array(data.length), back = dy * width + dx;
  for (let y = dy; y < height; y++) {
    for (let x = dx; x < width; x++) out[y * width + x] = data[y * width + x] - data[y * width + x - back];
  }
  return { data: out, width, height };
}

function blockStatistics({ data, width, height }: Plane): BlockStatistics {
  const columns = Math.floor(width / BLOCK), rows = Math.floor(height / BLOCK);
  const mean = new Float64Array(columns * rows), deviation = new Float64Array(columns * rows);
  for (let row = 0, block = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, block++) {
      let sum = 0, squares = 0;
      for (let y = 0; y < BLOCK; y++) {
        const start = (row * BLOCK + y) * width + column * BLOCK;
        for (let i = start; i < start + BLOCK; i++) {
          sum += data[i];
          squares += data[i] * data[i];
        }
      }
      mean[block] = sum / BLOCK ** 2;
      deviation[block] = Math.sqrt(Math.max(0, squares / BLOCK ** 2 - mean[block] ** 2));
    }
  }
  return { mean, deviation };
}
