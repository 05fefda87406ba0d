import type { Picture } from "../../src/image/mod.ts";
import { syntheticPair } from "../kernels/metrics/synthetic_pair.ts";

/** A textured picture, RGBA. */
export function syntheticPicture(width: number, height: number): Picture {
  const [{ data: rgb }] = syntheticPair(width, height);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return { data, width, height };
}
