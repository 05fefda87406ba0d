/**
 * Who runs nets on a CPU. `"auto"`: this package's kernels where they can plan the net, onnxruntime-web elsewhere. `"own"`: the
 * kernels, or an error that names the operator that they cannot plan. `"onnxruntime"`: onnxruntime-web. On a GPU nets always run by
 * onnxruntime-web.
 */
export type NetRuntime = "auto" | "own" | "onnxruntime";

/** All of them. */
export const NET_RUNTIMES: readonly NetRuntime[] = ["auto", "own", "onnxruntime"];

/** A value between two steps of a net: (rows, columns, channels) f32, its sides `scale` times those of the net's input. */
export interface NetMap {
  /** Place in {@linkcode NetPlan.maps}. */
  readonly index: number;
  /** A multiple of 4. */
  readonly channels: number;
  /** 1/8 for a map at H/8 of an encoder, 2 for one at twice the latent's sides. */
  readonly scale: number;
}

/** Planes of the input → a map: blocks of `factor` × `factor` values become channels, (plane, row, column) in the block. */
export interface BlocksStep {
  /** Tells steps apart. */
  readonly kind: "blocks";
  /** Where the result goes. */
  readonly target: NetMap;
  /** Side of a block. */
  readonly factor: number;
  /** Added to each value. */
  readonly offset: number;
}

/** A convolution, of 3 × 3 or 1 × 1 places. */
export interface ConvolutionStep {
  /** Tells steps apart. */
  readonly kind: "convolution";
  /** What is convolved. */
  readonly source: NetMap;
  /** Of the leaky ReLU before it, 0 to 1; 1 for none. */
  readonly slope: number;
  /** What lies around the source: its nearest place, or zeros. */
  readonly edge: boolean;
  /** Places of a side. */
  readonly size: 1 | 3;
  /** Places from one window to the next. */
  readonly stride: number;
  /** (outputs, inputs, size, size): floats, or the bits of finite ones of 16 bits (IEEE 754 binary16). */
  readonly weights: Float32Array | Uint16Array;
  /** (outputs). */
  readonly bias: Float32Array;
  /** Added to the bias, from what the net is told of the picture beside its input. */
  readonly shift?: (condition: Float32Array) => Float32Array;
  /** Where the result goes. */
  readonly target: NetMap;
  /** Whether the result is added to what is there. */
  readonly onto: boolean;
}

/** Groups of four channels → 2 × 2 places: a map of a quarter of the channels, twice the sides. */
export interface SpreadStep {
  /** Tells steps apart. */
  readonly kind: "spread";
  /** What is spread. */
  readonly source: NetMap;
  /** Where the result goes. */
  readonly target: NetMap;
  /** Whether the result is added to what is there. */
  readonly onto: boolean;
}

/** One thing a net does. */
export type NetStep = BlocksStep | ConvolutionStep | SpreadStep;

/** Maps → planes, the inverse of {@linkcode BlocksStep}, all of them added up. */
export interface NetOutput {
  /** How many of the planes are the result, from the first on; all of them by default. */
  readonly kept?: number;
  /** What is added up, and the side of its blocks. */
  readonly parts: readonly { readonly source: NetMap; readonly factor: number }[];
  /** Added to the sum. */
  readonly offset: number;
  /** The result is not below this, */
  readonly low: number;
  /** nor above this. */
  readonly high: number;
}

/** A net of convolutions, as kernels can run it. */
export interface NetPlan {
  /** Planes of the input. */
  readonly planes: number;
  /** All maps, by their index. */
  readonly maps: readonly NetMap[];
  /** In order. */
  readonly steps: readonly NetStep[];
  /** What the net gives. */
  readonly output: NetOutput;
}

/**
 * Places of the side of a tile that kernels may make at once: what else lies in a tile changes a place by rounding errors, so that
 * windows of one picture should begin at whole tiles of every map.
 */
export const TILE_SIDE = 4;

/** Planes that a net computes. */
export function outputPlanes({ parts: [{ source, factor }] }: NetOutput): number {
  return source.channels / factor ** 2;
}

/** Planes that a net gives. */
export function keptPlanes(output: NetOutput): number {
  return output.kept ?? outputPlanes(output);
}
