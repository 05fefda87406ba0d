// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { RGB } from "./components/mod.ts";
import {
  type Arena,
  CpuArena,
  DEFAULT_ARENA_BYTES,
  type Entity,
  EntityWorld,
  type EntityWorldOptions,
  InvalidValueError,
  type PictureInput,
  type TensorRef,
} from "./core/mod.ts";
import { checkNames } from "./core/option_rules.ts";
import { checkedPicture, unitSamples } from "./core/picture.ts";
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

/** Names of {@linkcode WorldOptions}. */
export const WORLD_OPTIONS: readonly string[] = ["arenaBytes", "seed", "trace"];

/** An {@linkcode EntityWorld} that knows how to take pictures in: {@linkcode World} or {@linkcode GpuWorld}. */
export abstract class PictureWorld<A extends Arena = Arena> extends EntityWorld<Kernels, A> {
  /**
   * Makes an entity with the picture as {@linkcode RGB}: of u8 for 8 bits a sample, of f32 for 16 bits and floats. Alpha is
   * left out.
   *
   * @throws InvalidValueError ("picture-type", "picture-size", "picture-data").
   */
  spawnImage(picture: PictureInput): Entity<RGB> {
    return this.spawnBatchImages([picture])[0];
  }

  /**
   * Makes an entity per picture; all must be of one size, and lie in one contiguous (n, H, W, 3) tensor: of u8 if all of
   * them have 8 bits a sample.
   *
   * @throws InvalidValueError ("picture-type", "picture-size", "picture-data", "batch-shape").
   */
  spawnBatchImages(pictures: readonly PictureInput[]): Entity<RGB>[] {
    if (pictures.length === 0) return [];
    const checked = pictures.map((picture) => checkedPicture(picture));
    const { width, height } = checked[0];
    for (const [index, picture] of checked.entries()) {
      if (picture.width !== width || picture.height !== height) {
        throw new InvalidValueError(
          "batch-shape",
          `Cannot spawn a contiguous batch: all pictures must have the first one's size, ${width}×${height} ` +
            `(got ${picture.width}×${picture.height} at index ${index}). Use spawnImage for mixed sizes.`,
        );
      }
    }
    const shape = [checked.length, height, width, 3], count = checked.length * height * width * 3;
    const floats = checked.map(unitSamples), areBytes = floats.every((samples) => samples === undefined);
    const batch = this.arena.allocate(shape, areBytes ? "u8" : "f32");
    if (areBytes) {
      const bytes = withoutAlpha(checked.map(({ data }) => data), new Uint8Array(count));
      this.arena.write(batch as TensorRef<"u8">, bytes);
    } else {
      const values = floats.map((samples, i) =>
        samples ?? Float32Array.from(checked[i].data, (byte) => byte / 255)
      );
      this.arena.write(batch as TensorRef<"f32">, withoutAlpha(values, new Float32Array(count)));
    }
    return pictures.map((_, i) => this.add(this.newEntity(), new RGB(this.arena.subref(batch, i))));
  }
}

/**
 * A world on the CPU.
 *
 * @example Rotate a latent and back
 * ```ts
 * import { World } from "@vaerans/vaerans";
 * import { Hadamard4 } from "@vaerans/vaerans/systems";
 * import { Latent4, YUVW4 } from "@vaerans/vaerans/components";
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
    checkNames("make a world", options, WORLD_OPTIONS);
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
    checkNames("make a world", options, WORLD_OPTIONS);
    const arenaBytes = options.arenaBytes ?? await configuredArenaBytes();
    return new World({ ...options, ...arenaBytes !== undefined && { arenaBytes } });
  }
}

function withoutAlpha<T extends Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(
  pictures: readonly ArrayLike<number>[],
  target: T,
): T {
  let to = 0;
  for (const data of pictures) {
    for (let from = 0; from < data.length; from += 4, to += 3) {
      target[to] = data[from];
      target[to + 1] = data[from + 1];
      target[to + 2] = data[from + 2];
    }
  }
  return target;
}
