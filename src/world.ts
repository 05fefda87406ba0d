import { RGB } from "./components/mod.ts";
import {
  type Arena,
  CpuArena,
  DEFAULT_ARENA_BYTES,
  type Entity,
  EntityWorld,
  type EntityWorldOptions,
  InvalidValueError,
} from "./core/mod.ts";
import { BatchKernels } from "./kernels/cpu/batch_kernels.ts";
import type { Kernels } from "./kernels/kernels.ts";
import { CpuKernels } from "./kernels/cpu/cpu_kernels.ts";
import { WasmKernels, wasmKernelsAvailable } from "./kernels/cpu/wasm_kernels.ts";
import { configuredArenaBytes } from "./models/lookup.ts";

/** A picture as browsers and image libraries hand it over: the shape of `ImageData`. */
export interface PictureLike {
  /** RGBA, 8 bits each, rows top to bottom, without padding: 4 · width · height bytes. */
  readonly data: Uint8ClampedArray | Uint8Array;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Options of a {@linkcode World}. */
export interface WorldOptions extends Omit<EntityWorldOptions, "device"> {
  /** Limit of all tensors together, in bytes; 512 MiB by default, taken from the system only as it is used. */
  readonly arenaBytes?: number;
}

/** An {@linkcode EntityWorld} that knows how to take pictures in: {@linkcode World} or {@linkcode GpuWorld}. */
export abstract class PictureWorld<A extends Arena = Arena> extends EntityWorld<Kernels, A> {
  /** Makes an entity with the picture as {@linkcode RGB}; alpha is left out. */
  spawnImage(picture: PictureLike): Entity<RGB> {
    return this.spawnBatchImages([picture])[0];
  }

  /** Makes an entity a picture; all must be of one size, and lie in one contiguous (n, H, W, 3) tensor. */
  spawnBatchImages(pictures: readonly PictureLike[]): Entity<RGB>[] {
    if (pictures.length === 0) return [];
    const { width, height } = pictures[0];
    for (const [index, picture] of pictures.entries()) {
      checkPicture(picture);
      if (picture.width !== width || picture.height !== height) {
        throw new InvalidValueError(
          "batch-shape",
          `Cannot spawn a contiguous batch: picture ${index} is ${picture.width}×${picture.height}, the first is ` +
            `${width}×${height}; use spawnImage for mixed sizes`,
        );
      }
    }
    const batch = this.arena.allocate([pictures.length, height, width, 3], "u8");
    this.arena.write(batch, withoutAlpha(pictures));
    return pictures.map((_, i) => this.add(this.newEntity(), new RGB(this.arena.subref(batch, i))));
  }
}

/**
 * A world on the CPU.
 *
 * @example Rotate a latent and back
 * ```ts
 * import { Hadamard4, Latent4, World, YUVW4 } from "@vaerans/vaerans";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const world = new World();
 * const values = world.arena.allocate([4, 2, 2], "f32");
 * world.arena.view(values).fill(1);
 * const entity = world.add(world.newEntity(), new Latent4(values, { width: 16, height: 16 }));
 * const rotated = await world.pipe(entity).to(new Hadamard4("forward")).out(YUVW4);
 * assertAlmostEquals(world.arena.view(rotated.values)[0], 2);
 * ```
 */
export class World extends PictureWorld<CpuArena> {
  /**
   * Makes the object.
   *
   * @param options Memory limit, seed, and what to trace.
   */
  constructor(options: WorldOptions = {}) {
    const arena = new CpuArena(options.arenaBytes ?? DEFAULT_ARENA_BYTES);
    const single = wasmKernelsAvailable() ? new WasmKernels(arena) : new CpuKernels(arena);
    super(arena, new BatchKernels(arena, single), options);
  }

  /**
   * Makes a world whose arena has the capacity that `vaerans.toml` gives (`[memory] arena_size`), unless the options or no
   * configuration give another: then 512 MiB.
   *
   * @param options Memory limit, seed, and what to trace.
   * @throws ConfigError For a configuration that cannot be used.
   */
  static async open(options: WorldOptions = {}): Promise<World> {
    const arenaBytes = options.arenaBytes ?? await configuredArenaBytes();
    return new World({ ...options, ...arenaBytes !== undefined && { arenaBytes } });
  }
}

function checkPicture({ data, width, height }: PictureLike): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new InvalidValueError(
      "picture-size",
      `Cannot take a picture of ${width}×${height}: both sides must be positive integers`,
    );
  }
  if (data.length !== 4 * width * height) {
    throw new InvalidValueError(
      "picture-data",
      `Cannot take a picture of ${width}×${height}: RGBA data must hold ${
        4 * width * height
      } bytes, it holds ${data.length}`,
    );
  }
}

function withoutAlpha(pictures: readonly PictureLike[]): Uint8Array<ArrayBuffer> {
  const total = pictures.reduce((sum, { data }) => sum + data.length / 4 * 3, 0);
  const target = new Uint8Array(total);
  let to = 0;
  for (const { data } of pictures) {
    for (let from = 0; from < data.length; from += 4, to += 3) {
      target[to] = data[from];
      target[to + 1] = data[from + 1];
      target[to + 2] = data[from + 2];
    }
  }
  return target;
}
