import { messageOf } from "./error_message.ts";
import { BumpArena, checkCapacity } from "./bump_arena.ts";
import { type Dtype, type TypedArrays, typedView } from "./dtype.ts";
import { ArenaFullError } from "./errors.ts";
import type { TensorRef } from "./tensor_ref.ts";

/** Default capacity of a world's arena: 512 MiB, taken from the system only as it is used. */
export const DEFAULT_ARENA_BYTES: number = 512 * 2 ** 20;

/** Every tensor starts on a multiple of this: enough for any element type and for 128-bit SIMD. */
export const TENSOR_ALIGNMENT_BYTES = 16;

const WASM_PAGE_BYTES = 65536;

/** What an arena holds and has held. */
export interface ArenaStats {
  /** Bytes allocated since the last reset, alignment included. */
  readonly usedBytes: number;
  /** Largest `usedBytes` there has been. */
  readonly peakBytes: number;
  /** Limit of `usedBytes`. */
  readonly capacityBytes: number;
  /** How often the arena was reset. */
  readonly generation: number;
}

/** Where tensors live: the same contract for memory of the CPU and of a GPU. */
export interface Arena {
  /** Unique in this process. */
  readonly id: number;
  /** Reserves a tensor. Its values are undefined until written (zero in a fresh arena). */
  allocate<D extends Dtype>(shape: readonly number[], dtype: D): TensorRef<D>;
  /** Slice `index` of axis 0, sharing the memory of `ref`. */
  subref<D extends Dtype>(ref: TensorRef<D>, index: number): TensorRef<D>;
  /**
   * Tensors of one shape that lie one after the other, as one tensor with a leading axis: the inverse of `subref`.
   *
   * @returns `undefined` where they do not lie so.
   */
  join<D extends Dtype>(refs: readonly TensorRef<D>[]): TensorRef<D> | undefined;
  /** Whether `ref` may still be used here. */
  isAlive(ref: TensorRef): boolean;
  /** Copies the values out. */
  read<D extends Dtype>(ref: TensorRef<D>): Promise<TypedArrays[D]>;
  /** Copies values in; `values.length` must be `ref.elementCount`. */
  write<D extends Dtype>(ref: TensorRef<D>, values: TypedArrays[D]): void;
  /** Frees everything at once, for the next tensors: all refs made so far become stale. */
  reset(): void;
  /** Gives the memory back where the system does not do so by itself. All refs become stale; allocate no more. */
  destroy(): void;
  /** Bytes in use, at most used, and the limit. */
  stats(): ArenaStats;
}

/**
 * Bump allocator over one `WebAssembly.Memory`, so that TypeScript and WASM kernels work on the same bytes.
 *
 * The whole capacity is reserved as address space at once and costs memory only where it is written: views never move
 * and never detach. Errors: those of {@linkcode BumpArena}, `InvalidValueError` ("arena-capacity") and `ArenaFullError`
 * ("arena-unavailable").
 */
export class CpuArena extends BumpArena {
  /** The memory behind all tensors, for WASM kernels to import. */
  readonly memory: WebAssembly.Memory;
  readonly #buffer: ArrayBuffer;

  /**
   * Makes the object.
   *
   * @param capacityBytes Limit of all tensors together, rounded up to 64 KiB; 1 byte to 4 GiB.
   */
  constructor(capacityBytes: number = DEFAULT_ARENA_BYTES) {
    checkCapacity(capacityBytes);
    const pages = Math.ceil(capacityBytes / WASM_PAGE_BYTES);
    super(pages * WASM_PAGE_BYTES, TENSOR_ALIGNMENT_BYTES, TENSOR_ALIGNMENT_BYTES);
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      throw new ArenaFullError(
        "arena-unavailable",
        `Cannot make an arena: the system must be able to reserve ${pages * WASM_PAGE_BYTES} bytes (got: ` +
          `${messageOf(cause)}). Choose a smaller capacity.`,
        { cause },
      );
    }
    this.#buffer = this.memory.buffer as ArrayBuffer;
  }

  /** The values themselves, not a copy; good until the arena is reset. */
  view<D extends Dtype>(ref: TensorRef<D>): TypedArrays[D] {
    this.check(ref);
    return typedView(ref.dtype, this.#buffer, ref.offsetBytes, ref.elementCount);
  }

  /**
   * Address of free memory for a kernel to work in: `byteLength` bytes that the next allocation may take over.
   * Errors: `ArenaFullError` ("arena-full").
   */
  scratch(byteLength: number): number {
    const address = this.freeBytes;
    this.checkRoom(address + byteLength, byteLength, "a kernel to work in");
    return address;
  }

  /** Copies the values out. */
  // deno-lint-ignore require-await -- a GPU arena's read has to wait; the contract is one.
  override async read<D extends Dtype>(ref: TensorRef<D>): Promise<TypedArrays[D]> {
    return this.view(ref).slice() as TypedArrays[D];
  }

  /** Copies values in; `values.length` must be `ref.elementCount`. */
  override write<D extends Dtype>(ref: TensorRef<D>, values: TypedArrays[D]): void {
    this.checkCount(ref, values.length);
    this.view(ref).set(values);
  }
}
