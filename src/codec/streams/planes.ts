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

/** RGB in [0, 1] of `place.pixels` → opaque RGBA bytes of `place.wanted`; grey ones are of the luma. */
export async function samplesOfRgb(
  world: PictureWorld,
  rgb: TensorRef<"f32">,
  place: SynthesisPlace,
  grey: boolean,
): Promise<Uint8ClampedArray> {
  if (grey) {
    const floats = await world.read(rgb);
    return greySamples(
      (i) => 0.299 * floats[3 * i] + 0.587 * floats[3 * i + 1] + 0.114 * floats[3 * i + 2],
      place,
    );
  }
  const bytes = world.host.allocate([place.pixels.height, place.pixels.width, 4], "u8");
  await world.kernels.rgbToRgba8(rgb, bytes);
  return placedSamples(world.host.view(bytes), place);
}

/** The part of RGBA bytes of `place.pixels` that is `place.wanted`. */
export function placedSamples(source: Uint8Array, { pixels, wanted }: SynthesisPlace): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * wanted.width * wanted.height);
  for (let y = 0; y < wanted.height; y++) {
    const from = 4 * ((wanted.y - pixels.y + y) * pixels.width + wanted.x - pixels.x);
    data.set(source.subarray(from, from + 4 * wanted.width), 4 * y * wanted.width);
  }
  return data;
}

/**
 * Opaque RGBA bytes of `place.wanted`.
 *
 * @param value Of a place of `place.pixels`: 0 to 1.
 */
export function greySamples(
  value: (index: number) => number,
  { pixels, wanted }: SynthesisPlace,
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * wanted.width * wanted.height);
  for (let y = 0, to = 0; y < wanted.height; y++) {
    const first = (wanted.y - pixels.y + y) * pixels.width + wanted.x - pixels.x;
    for (let x = 0; x < wanted.width; x++, to += 4) {
      data[to] = data[to + 1] = data[to + 2] = value(first + x) * 255 + 0.5 | 0;
      data[to + 3] = 255;
    }
  }
  return data;
}
