import type { Arena, ArenaStats } from "./arena.ts";
import { BYTES_PER_ELEMENT, type Dtype, type TypedArrays } from "./dtype.ts";
import { ArenaFullError, InvalidValueError, StaleTensorError } from "./errors.ts";
import { TensorRef } from "./tensor_ref.ts";

let arenaCount = 0;

/**
 * What bump allocators share: shapes, slices, generations and counts. A subclass says where the bytes are.
 *
 * Errors: `ArenaFullError` ("arena-full"), `StaleTensorError` ("tensor-stale", "tensor-foreign"), `InvalidValueError`
 * ("tensor-shape", "tensor-index", "tensor-length").
 */
export abstract class BumpArena implements Arena {
  readonly id: number = ++arenaCount;
  readonly #capacityBytes: number;
  readonly #alignmentBytes: number;
  readonly #firstBytes: number;
  #usedBytes: number;
  #peakBytes: number;
  #generation = 0;

  /**
   * Makes the object.
   *
   * @param capacityBytes Limit of all tensors together.
   * @param alignmentBytes Every tensor starts on a multiple of this.
   * @param firstBytes Where the first tensor may start.
   */
  constructor(capacityBytes: number, alignmentBytes: number, firstBytes: number) {
    this.#capacityBytes = capacityBytes;
    this.#alignmentBytes = alignmentBytes;
    this.#firstBytes = this.#usedBytes = this.#peakBytes = firstBytes;
  }

  allocate<D extends Dtype>(shape: readonly number[], dtype: D): TensorRef<D> {
    for (const extent of shape) {
      if (!Number.isSafeInteger(extent) || extent < 0) {
        throw new InvalidValueError(
          "tensor-shape",
          `Cannot allocate a tensor of shape [${shape.join(", ")}]: every extent must be a whole number ` +
            `from 0 (got ${shape.join(", ")}). Correct the shape.`,
        );
      }
    }
    const { byteLength } = this.#ref(0, shape, dtype);
    const offsetBytes = this.place(this.#usedBytes, byteLength);
    const end = alignUp(offsetBytes + byteLength, this.#alignmentBytes);
    this.checkRoom(end, byteLength, `a ${dtype} tensor of shape [${shape.join(", ")}]`);
    this.#usedBytes = end;
    this.#peakBytes = Math.max(this.#peakBytes, end);
    return this.#ref(offsetBytes, shape, dtype);
  }

  subref<D extends Dtype>(ref: TensorRef<D>, index: number): TensorRef<D> {
    this.check(ref);
    if (ref.shape.length === 0 || !Number.isInteger(index) || index < 0 || index >= ref.shape[0]) {
      throw new InvalidValueError(
        "tensor-index",
        `Cannot take a slice of a tensor of shape [${ref.shape.join(", ")}]: the index must be one of ` +
          `axis 0 (got ${index}). Use a smaller index.`,
      );
    }
    const offsetBytes = ref.offsetBytes + index * ref.strides[0] * BYTES_PER_ELEMENT[ref.dtype];
    return this.#ref(offsetBytes, ref.shape.slice(1), ref.dtype);
  }

  join<D extends Dtype>(refs: readonly TensorRef<D>[]): TensorRef<D> | undefined {
    const [first] = refs;
    for (const [index, ref] of refs.entries()) {
      this.check(ref);
      const follows = ref.offsetBytes === first.offsetBytes + index * first.byteLength;
      const alike = ref.dtype === first.dtype && ref.shape.join() === first.shape.join();
      if (!follows || !alike) return undefined;
    }
    return first && this.#ref(first.offsetBytes, [refs.length, ...first.shape], first.dtype);
  }

  isAlive(ref: TensorRef): boolean {
    return ref.arenaId === this.id && ref.generation === this.#generation;
  }

  abstract read<D extends Dtype>(ref: TensorRef<D>): Promise<TypedArrays[D]>;

  abstract write<D extends Dtype>(ref: TensorRef<D>, values: TypedArrays[D]): void;

  reset(): void {
    this.#generation++;
    this.#usedBytes = this.#firstBytes;
  }

  destroy(): void {
    this.reset();
  }

  stats(): ArenaStats {
    return {
      usedBytes: this.#usedBytes - this.#firstBytes,
      peakBytes: this.#peakBytes - this.#firstBytes,
      capacityBytes: this.#capacityBytes,
      generation: this.#generation,
    };
  }

  /** Throws `StaleTensorError` unless `ref` may be used here. */
  check(ref: TensorRef): void {
    if (ref.arenaId !== this.id) {
      throw new StaleTensorError(
        "tensor-foreign",
        `Cannot use a tensor in arena ${this.id}: it must be of this arena (got one of arena ` +
          `${ref.arenaId}). Allocate it in the world that uses it.`,
      );
    }
    if (ref.generation !== this.#generation) {
      throw new StaleTensorError(
        "tensor-stale",
        `Cannot use a tensor: it must be of the arena's generation, ${this.#generation} (got ` +
          `${ref.generation}, as the arena was reset since). Keep values you need with arena.read() before ` +
          "reset().",
      );
    }
  }

  /** Throws unless `count` values fill `ref`. */
  protected checkCount(ref: TensorRef, count: number): void {
    if (count !== ref.elementCount) {
      throw new InvalidValueError(
        "tensor-length",
        `Cannot write to a tensor of shape [${ref.shape.join(", ")}]: there must be ${ref.elementCount} ` +
          `values (got ${count}). Pass one value per element.`,
      );
    }
  }

  /** Where the next tensor may start. */
  protected get freeBytes(): number {
    return this.#usedBytes;
  }

  /** Throws `ArenaFullError` ("arena-full") unless memory up to `endBytes` may be used, for something of `byteLength`. */
  protected checkRoom(endBytes: number, byteLength: number, what: string): void {
    if (endBytes <= this.#capacityBytes) return;
    throw new ArenaFullError(
      "arena-full",
      `Cannot allocate ${what}: it must fit in the ${this.#capacityBytes - this.#usedBytes} bytes that ` +
        `are free of ${this.#capacityBytes} (got ${byteLength}). Reset the arena or give the world a ` +
        "larger one.",
    );
  }

  /**
   * Where a tensor of `byteLength` goes when everything before `freeBytes`, an aligned offset, is taken: there, or
   * further on.
   */
  protected place(freeBytes: number, _byteLength: number): number {
    return freeBytes;
  }

  #ref<D extends Dtype>(offsetBytes: number, shape: readonly number[], dtype: D): TensorRef<D> {
    return new TensorRef({ arenaId: this.id, generation: this.#generation, offsetBytes, shape, dtype });
  }
}

/** Throws `InvalidValueError` ("arena-capacity") unless an arena can have that many bytes. */
export function checkCapacity(capacityBytes: number): void {
  if (!(capacityBytes >= 1 && capacityBytes <= 2 ** 32)) {
    throw new InvalidValueError(
      "arena-capacity",
      `Cannot make an arena: its capacity must be 1 to ${2 ** 32} bytes (got ${capacityBytes}). Use a ` +
        "capacity in this range.",
    );
  }
}

/** The next multiple of `alignmentBytes`. */
export function alignUp(offsetBytes: number, alignmentBytes: number): number {
  return Math.ceil(offsetBytes / alignmentBytes) * alignmentBytes;
}
