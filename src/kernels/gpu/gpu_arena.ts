// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { alignUp, BumpArena, checkCapacity } from "../../core/bump_arena.ts";
import {
  DEFAULT_ARENA_BYTES,
  type Dtype,
  InvalidValueError,
  type TensorRef,
  type TypedArrays,
  typedView,
} from "../../core/mod.ts";
import type { GpuQueue } from "./gpu_queue.ts";

/** Where a tensor is, as a kernel binds it. */
export interface TensorBinding {
  /** The range to bind, which begins at or before the tensor. */
  readonly binding: Required<GPUBufferBinding>;
  /** Bytes from the range's start to the tensor. */
  readonly shiftBytes: number;
}

interface Block {
  readonly buffer: GPUBuffer;
  readonly firstBytes: number;
  readonly byteLength: number;
}

/** First block of an arena; each further one is as large as all before it together. */
const FIRST_BLOCK_BYTES = 2 ** 22;

/**
 * Bump allocator over buffers of a GPU. It takes memory as it grows, in a few blocks, and keeps it until `destroy`: the
 * same work after a reset needs no more.
 *
 * Tensors that were allocated start where a binding may start. Slices of them may not: `bindingOf` then begins before
 * them. Errors: those of {@linkcode BumpArena}, and `InvalidValueError` ("arena-capacity", "gpu-tensor-size",
 * "tensor-alignment").
 */
export class GpuArena extends BumpArena {
  /** Largest tensor that one binding of this device can hold, in bytes. */
  readonly maxTensorBytes: number;
  readonly #queue: GpuQueue;
  readonly #alignmentBytes: number;
  readonly #maxBlockBytes: number;
  readonly #capacityBytes: number;
  readonly #blocks: Block[] = [];
  /** Ends of tensors whose last word is not full: only they may be written past their end. */
  readonly #raggedEnds = new Set<number>();

  /**
   * Makes the object. No memory is taken yet.
   *
   * @param queue Commands of the device.
   * @param capacityBytes Limit of all tensors together; 1 byte to 4 GiB.
   */
  constructor(queue: GpuQueue, capacityBytes: number = DEFAULT_ARENA_BYTES) {
    checkCapacity(capacityBytes);
    const { limits } = queue.device, alignmentBytes = limits.minStorageBufferOffsetAlignment;
    const capacity = alignUp(capacityBytes, alignmentBytes);
    super(capacity, alignmentBytes, 0);
    this.#queue = queue;
    this.#alignmentBytes = alignmentBytes;
    this.#capacityBytes = capacity;
    this.#maxBlockBytes = Math.floor(limits.maxBufferSize / alignmentBytes) * alignmentBytes;
    this.maxTensorBytes = Math.min(
      this.#maxBlockBytes,
      Math.floor(limits.maxStorageBufferBindingSize / alignmentBytes - 1) * alignmentBytes,
    );
  }

  /** Buffers of the device that this arena holds. */
  get bufferCount(): number {
    return this.#blocks.length;
  }

  /** Memory of the device that this arena holds. */
  get bufferBytes(): number {
    return this.#blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Where a kernel finds a tensor that is not empty. */
  bindingOf(ref: TensorRef): TensorBinding {
    this.check(ref);
    return this.#bind(ref.offsetBytes, ref.byteLength);
  }

  /** Free memory for kernels to work in, a range for each size: the next allocation may take it over. */
  scratch(...byteLengths: number[]): TensorBinding[] {
    let free = this.freeBytes;
    return byteLengths.map((byteLength) => {
      const offsetBytes = this.place(free, byteLength);
      free = alignUp(offsetBytes + byteLength, this.#alignmentBytes);
      this.checkRoom(free, byteLength, "a kernel to work in");
      return this.#bind(offsetBytes, byteLength);
    });
  }

  /** Copies the values to the CPU, once all that was queued has run. */
  override async read<D extends Dtype>(ref: TensorRef<D>): Promise<TypedArrays[D]> {
    this.check(ref);
    if (ref.byteLength === 0) return typedView(ref.dtype, new ArrayBuffer(0), 0, 0);
    const { binding, shiftBytes } = this.#bind(ref.offsetBytes, ref.byteLength);
    const first = shiftBytes & ~3;
    const bytes = await this.#queue.read(binding.buffer, binding.offset + first, binding.size - first);
    const from = shiftBytes - first;
    return typedView(ref.dtype, bytes.slice(from, from + ref.byteLength).buffer, 0, ref.elementCount);
  }

  /** Copies values to the device; `values.length` must be `ref.elementCount`. */
  override write<D extends Dtype>(ref: TensorRef<D>, values: TypedArrays[D]): void {
    this.check(ref);
    this.checkCount(ref, values.length);
    if (ref.byteLength === 0) return;
    this.checkWritable(ref);
    const { binding, shiftBytes } = this.#bind(ref.offsetBytes, ref.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#queue.write(binding.buffer, binding.offset + shiftBytes, bytes);
  }

  /** Throws `InvalidValueError` ("tensor-alignment") if the tensor shares its first or last word with another. */
  checkWritable(ref: TensorRef): void {
    const end = ref.offsetBytes + ref.byteLength;
    if (ref.offsetBytes % 4 !== 0 || (end % 4 !== 0 && !this.#raggedEnds.has(end))) {
      throw new InvalidValueError(
        "tensor-alignment",
        "Cannot write to a GPU's arena: slices must begin and end on multiples of 4 bytes (got " +
          `${ref.byteLength} bytes at ${ref.offsetBytes}). Write the whole tensor.`,
      );
    }
  }

  /** Frees everything at once, for the next tensors. */
  override reset(): void {
    super.reset();
    this.#raggedEnds.clear();
  }

  /** Gives the device's memory back. */
  override destroy(): void {
    super.destroy();
    this.#queue.submit();
    for (const { buffer } of this.#blocks.splice(0)) buffer.destroy();
  }

  /** No tensor straddles two blocks. */
  protected override place(freeBytes: number, byteLength: number): number {
    if (byteLength > this.maxTensorBytes) {
      throw new InvalidValueError(
        "gpu-tensor-size",
        `Cannot place a tensor on this GPU: it must have at most ${this.maxTensorBytes} bytes, those of ` +
          `one binding (got ${byteLength}). Use device "cpu", or smaller pictures or batches.`,
      );
    }
    let offsetBytes = freeBytes;
    for (const block of this.#blocks) {
      const end = block.firstBytes + block.byteLength;
      if (offsetBytes >= end) continue;
      if (Math.max(offsetBytes, block.firstBytes) + byteLength <= end) break;
      offsetBytes = end;
    }
    const held = this.bufferBytes;
    if (offsetBytes >= held && byteLength > 0 && offsetBytes + byteLength <= this.#capacityBytes) {
      this.#grow(offsetBytes, byteLength);
    }
    if (byteLength % 4 !== 0) this.#raggedEnds.add(offsetBytes + byteLength);
    return offsetBytes;
  }

  #grow(firstBytes: number, byteLength: number): void {
    const wanted = Math.max(FIRST_BLOCK_BYTES, firstBytes, alignUp(byteLength, this.#alignmentBytes));
    const size = Math.min(wanted, this.#maxBlockBytes, this.#capacityBytes - firstBytes);
    const buffer = this.#queue.device.createBuffer({
      label: `vaerans arena ${this.id}, block ${this.#blocks.length}`,
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#blocks.push({ buffer, firstBytes, byteLength: size });
  }

  #bind(offsetBytes: number, byteLength: number): TensorBinding {
    const block = this.#blocks.find((block) => offsetBytes < block.firstBytes + block.byteLength)!;
    const offset = offsetBytes - block.firstBytes;
    const start = Math.floor(offset / this.#alignmentBytes) * this.#alignmentBytes;
    const size = alignUp(offset + byteLength - start, 4);
    return { binding: { buffer: block.buffer, offset: start, size }, shiftBytes: offset - start };
  }
}
