import { compiledIfCan } from "../../host/wasm.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { plainFunctions } from "./plain_functions.ts";

/** Where the samples of one side of an enlarged picture come from. */
export interface Taps {
  /** Four places for each sample. */
  readonly places: Int32Array;
  /** Their weights. */
  readonly weights: Float64Array;
}

/** Places that a sample comes from. */
export const TAPS = 4;
/** Samples a place: RGBA. */
export const CHANNELS = 4;
const PAGE_BYTES = 65536;

/**
 * Enlarges RGBA first down, then across.
 *
 * @param samples Rows of `width` places.
 * @param rows Of the enlarged picture.
 * @param columns Of it.
 * @returns Opaque RGBA, rounded.
 */
export function enlargeSamples(
  samples: Uint8ClampedArray,
  width: number,
  rows: Taps,
  columns: Taps,
): Uint8ClampedArray<ArrayBuffer> {
  const module = compiledIfCan(DECODING_KERNELS_WASM);
  return module
    ? enlargeBySimd(module, samples, width, rows, columns)
    : plainFunctions().enlargePlainly(samples, width, rows, columns);
}

function enlargeBySimd(
  module: WebAssembly.Module,
  samples: Uint8ClampedArray,
  width: number,
  rows: Taps,
  columns: Taps,
): Uint8ClampedArray<ArrayBuffer> {
  const stride = CHANNELS * width,
    shownWidth = columns.places.length / TAPS,
    shownHeight = rows.places.length / TAPS;
  const arrays = [rows.weights, columns.weights, rows.places, columns.places, samples];
  let end = 16;
  const at = [...arrays.map(({ byteLength }) => byteLength), 8 * stride, CHANNELS * shownWidth * shownHeight]
    .map(
      (byteLength) => {
        const address = end;
        end = Math.ceil((address + byteLength) / 16) * 16;
        return address;
      },
    );
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE_BYTES) });
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  arrays.forEach(({ buffer, byteOffset, byteLength }, k) =>
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at[k])
  );
  const { enlarge } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    readonly enlarge: (...args: number[]) => void;
  };
  enlarge(at[4], stride, at[2], at[0], at[3], at[1], at[5], at[6], shownWidth, shownHeight);
  // The memory is of this picture alone.
  return new Uint8ClampedArray(bytes.buffer, at[6], CHANNELS * shownWidth * shownHeight).slice();
}
