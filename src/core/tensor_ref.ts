import { BYTES_PER_ELEMENT, type Dtype } from "./dtype.ts";

/**
 * Immutable handle of a tensor in an {@linkcode Arena}: where it lies and how to read it, not its values.
 *
 * Tensors are dense and row-major: the last axis varies fastest. A ref is good until its arena is reset; after that
 * every use throws `StaleTensorError`. Make one with `arena.allocate`, never by hand.
 *
 * @typeParam D Element type.
 */
export class TensorRef<D extends Dtype = Dtype> {
  /** Bytes from the arena's start to the first element. */
  readonly offsetBytes: number;
  /** Extent of each axis; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: D;
  /** Distance between neighbours along each axis, in elements. */
  readonly strides: readonly number[];
  /** The arena's generation when this was made. */
  readonly generation: number;
  /** Which arena made this. */
  readonly arenaId: number;
  /** Number of elements: the product of `shape`. */
  readonly elementCount: number;
  /** Size of the values: `elementCount` times the element's bytes. */
  readonly byteLength: number;

  /** For arenas only: `init` is trusted. */
  constructor(
    init: { arenaId: number; generation: number; offsetBytes: number; shape: readonly number[]; dtype: D },
  ) {
    this.arenaId = init.arenaId;
    this.generation = init.generation;
    this.offsetBytes = init.offsetBytes;
    this.shape = Object.freeze([...init.shape]);
    this.dtype = init.dtype;
    this.elementCount = this.shape.reduce((a, b) => a * b, 1);
    this.byteLength = this.elementCount * BYTES_PER_ELEMENT[init.dtype];
    const strides = new Array<number>(this.shape.length);
    for (let axis = this.shape.length - 1, stride = 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= this.shape[axis];
    }
    this.strides = Object.freeze(strides);
    Object.freeze(this);
  }
}
