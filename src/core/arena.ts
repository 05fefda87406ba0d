import { BYTES_PER_ELEMENT, type DType, type TypedArrays, typedView } from "./dtype.ts";
import { ArenaFullError, InvalidValueError, StaleTensorError } from "./errors.ts";
import { TensorRef } from "./tensor_ref.ts";

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
  allocate<D extends DType>(shape: readonly number[], dtype: D): TensorRef<D>;
  /** Slice `index` of axis 0, sharing the memory of `ref`. */
  subref<D extends DType>(ref: TensorRef<D>, index: number): TensorRef<D>;
  /** Whether `ref` may still be used here. */
  isAlive(ref: TensorRef): boolean;
  /** Copies the values out. */
  read<D extends DType>(ref: TensorRef<D>): Promise<TypedArrays[D]>;
  /** Copies values in; `values.length` must be `ref.elementCount`. */
  write<D extends DType>(ref: TensorRef<D>, values: TypedArrays[D]): void;
  /** Frees everything at once: all refs made so far become stale. */
  reset(): void;
  /** Bytes in use, at most used, and the limit. */
  stats(): ArenaStats;
}

let arenaCount = 0;

/**
 * Bump allocator over one `WebAssembly.Memory`, so that TypeScript and WASM kernels work on the same bytes.
 *
 * The whole capacity is reserved as address space at once and costs memory only where it is written: views never move
 * and never detach. Errors: `ArenaFullError` ("arena-full"), `StaleTensorError` ("tensor-stale", "tensor-foreign").
 */
export class CpuArena implements Arena {
  readonly id: number = ++arenaCount;
  /** The memory behind all tensors, for WASM kernels to import. */
  readonly memory: WebAssembly.Memory;
  readonly #capacityBytes: number;
  readonly #buffer: ArrayBuffer;
  #usedBytes: number = TENSOR_ALIGNMENT_BYTES;
  #peakBytes = 0;
  #generation = 0;

  /**
   * Makes the object.
   *
   * @param capacityBytes Limit of all tensors together, rounded up to 64 KiB; 1 byte to 4 GiB.
   */
  constructor(capacityBytes: number = DEFAULT_ARENA_BYTES) {
    if (!(capacityBytes >= 1 && capacityBytes <= 2 ** 32)) {
      throw new InvalidValueError(
        "arena-capacity",
        `Cannot make an arena: capacity must be 1 to ${2 ** 32} bytes: current value is ${capacityBytes}`,
      );
    }
    const pages = Math.ceil(capacityBytes / WASM_PAGE_BYTES);
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      throw new ArenaFullError(
        "arena-unavailable",
        `Cannot reserve ${pages * WASM_PAGE_BYTES} bytes for an arena: choose a smaller capacity`,
        { cause },
      );
    }
    this.#capacityBytes = pages * WASM_PAGE_BYTES;
    this.#buffer = this.memory.buffer as ArrayBuffer;
  }

  allocate<D extends DType>(shape: readonly number[], dtype: D): TensorRef<D> {
    for (const extent of shape) {
      if (!Number.isSafeInteger(extent) || extent < 0) {
        throw new InvalidValueError(
          "tensor-shape",
          `Cannot allocate a tensor of shape [${
            shape.join(", ")
          }]: every extent must be a non-negative integer`,
        );
      }
    }
    const ref = new TensorRef({
      arenaId: this.id,
      generation: this.#generation,
      offsetBytes: this.#usedBytes,
      shape,
      dtype,
    });
    const end = alignUp(this.#usedBytes + ref.byteLength);
    if (end > this.#capacityBytes) {
      throw new ArenaFullError(
        "arena-full",
        `Cannot allocate ${ref.byteLength} bytes for a ${dtype} tensor of shape [${shape.join(", ")}]: ` +
          `${this.#usedBytes} of ${this.#capacityBytes} bytes are in use; reset the arena or give the world a larger one`,
      );
    }
    this.#usedBytes = end;
    this.#peakBytes = Math.max(this.#peakBytes, end);
    return ref;
  }

  subref<D extends DType>(ref: TensorRef<D>, index: number): TensorRef<D> {
    this.check(ref);
    if (ref.shape.length === 0 || !Number.isInteger(index) || index < 0 || index >= ref.shape[0]) {
      throw new InvalidValueError(
        "tensor-index",
        `Cannot take slice ${index} of a tensor of shape [${ref.shape.join(", ")}]: axis 0 has no such index`,
      );
    }
    return new TensorRef({
      arenaId: this.id,
      generation: ref.generation,
      offsetBytes: ref.offsetBytes + index * ref.strides[0] * BYTES_PER_ELEMENT[ref.dtype],
      shape: ref.shape.slice(1),
      dtype: ref.dtype,
    });
  }

  /** The values themselves, not a copy; good until the arena is reset. */
  view<D extends DType>(ref: TensorRef<D>): TypedArrays[D] {
    this.check(ref);
    return typedView(ref.dtype, this.#buffer, ref.offsetBytes, ref.elementCount);
  }

  /**
   * Address of free memory for a kernel to work in: `byteLength` bytes that the next allocation may take over.
   * Errors: `ArenaFullError` ("arena-full").
   */
  scratch(byteLength: number): number {
    if (this.#usedBytes + byteLength > this.#capacityBytes) {
      throw new ArenaFullError(
        "arena-full",
        `Cannot lend ${byteLength} bytes to a kernel: ${this.#usedBytes} of ${this.#capacityBytes} bytes are in use; ` +
          "give the world a larger arena",
      );
    }
    return this.#usedBytes;
  }

  isAlive(ref: TensorRef): boolean {
    return ref.arenaId === this.id && ref.generation === this.#generation;
  }

  // deno-lint-ignore require-await -- a GPU arena's read has to wait; the contract is one.
  async read<D extends DType>(ref: TensorRef<D>): Promise<TypedArrays[D]> {
    return this.view(ref).slice() as TypedArrays[D];
  }

  write<D extends DType>(ref: TensorRef<D>, values: TypedArrays[D]): void {
    if (values.length !== ref.elementCount) {
      throw new InvalidValueError(
        "tensor-length",
        `Cannot write ${values.length} values to a tensor of shape [${
          ref.shape.join(", ")
        }]: it holds ${ref.elementCount}`,
      );
    }
    this.view(ref).set(values);
  }

  reset(): void {
    this.#generation++;
    this.#usedBytes = TENSOR_ALIGNMENT_BYTES;
  }

  stats(): ArenaStats {
    return {
      usedBytes: this.#usedBytes - TENSOR_ALIGNMENT_BYTES,
      peakBytes: Math.max(0, this.#peakBytes - TENSOR_ALIGNMENT_BYTES),
      capacityBytes: this.#capacityBytes,
      generation: this.#generation,
    };
  }

  /** Throws `StaleTensorError` unless `ref` may be used here. */
  check(ref: TensorRef): void {
    if (ref.arenaId !== this.id) {
      throw new StaleTensorError(
        "tensor-foreign",
        `Cannot use a tensor of arena ${ref.arenaId} in arena ${this.id}: allocate it in the world that uses it`,
      );
    }
    if (ref.generation !== this.#generation) {
      throw new StaleTensorError(
        "tensor-stale",
        `Cannot use a tensor of generation ${ref.generation}: the arena was reset since and is at generation ` +
          `${this.#generation}; keep values you need with arena.read() before reset()`,
      );
    }
  }
}

function alignUp(offsetBytes: number): number {
  return Math.ceil(offsetBytes / TENSOR_ALIGNMENT_BYTES) * TENSOR_ALIGNMENT_BYTES;
}
