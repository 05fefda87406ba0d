import type { TensorRef } from "../../core/mod.ts";
import type { PictureWorld } from "../../world.ts";
import type { SynthesisPlace } from "./job_types.ts";
import type { Rect } from "../tiles/tile_grid.ts";

/** A rectangle of planes (n, H, W); the tensor itself where it is the whole. */
export function cropPlanes<D extends "f32" | "i32">(
  world: PictureWorld,
  source: TensorRef<D>,
  rect: Rect,
): TensorRef<D> {
  const [channels, height, width] = source.shape;
  if (rect.width === width && rect.height === height) return source;
  const target = world.arena.allocate([channels, rect.height, rect.width], source.dtype);
  world.kernels.crop(source, target, rect.x, rect.y);
  return target;
}

/** Interleaved RGB floats in [0, 1] of `place.pixels` → opaque RGBA bytes of `place.wanted`. */
export function samplesFromFloats(
  source: Float32Array,
  { pixels, wanted }: SynthesisPlace,
  grey: boolean,
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * wanted.width * wanted.height);
  for (let y = 0, to = 0; y < wanted.height; y++) {
    let from = 3 * ((wanted.y - pixels.y + y) * pixels.width + wanted.x - pixels.x);
    for (let x = 0; x < wanted.width; x++, from += 3, to += 4) {
      if (grey) {
        const luma = 0.299 * source[from] + 0.587 * source[from + 1] + 0.114 * source[from + 2];
        data[to] = data[to + 1] = data[to + 2] = luma * 255 + 0.5 | 0;
      } else {
        data[to] = source[from] * 255 + 0.5 | 0;
        data[to + 1] = source[from + 1] * 255 + 0.5 | 0;
        data[to + 2] = source[from + 2] * 255 + 0.5 | 0;
      }
      data[to + 3] = 255;
    }
  }
  return data;
}

/** Interleaved RGB bytes of `place.pixels` → opaque RGBA bytes of `place.wanted`. */
export function samplesFromBytes(
  source: Uint8Array | Float32Array,
  { pixels, wanted }: SynthesisPlace,
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * wanted.width * wanted.height).fill(255);
  for (let y = 0, to = 0; y < wanted.height; y++) {
    let from = 3 * ((wanted.y - pixels.y + y) * pixels.width + wanted.x - pixels.x);
    for (const end = to + 4 * wanted.width; to < end; to += 4) {
      data[to] = source[from++];
      data[to + 1] = source[from++];
      data[to + 2] = source[from++];
    }
  }
  return data;
}
