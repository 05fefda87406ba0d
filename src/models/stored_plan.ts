// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { halfFloats } from "../core/half_floats.ts";
import type { NetMap, NetOutput, NetPlan, NetStep } from "../kernels/kernels.ts";

/** Floats in a net's file: the first byte, how many there are, and the bytes of each, 2 if absent. */
export type StoredFloats = readonly [offsetBytes: number, count: number, bytesPerFloat?: 2 | 4];

/** A step, with maps by their index. */
export type StoredStep =
  | { readonly kind: "blocks"; readonly target: number; readonly factor: number; readonly offset: number }
  | {
    readonly kind: "spread";
    readonly source: number;
    readonly target: number;
    readonly onto?: boolean;
  }
  | {
    readonly kind: "convolution";
    readonly source: number;
    readonly target: number;
    readonly onto?: boolean;
    /** 1 if absent. */
    readonly slope?: number;
    readonly edge?: boolean;
    readonly size: 1 | 3;
    readonly stride: number;
    readonly weights: StoredFloats;
    /** Zeros if absent. */
    readonly bias?: StoredFloats;
    /** Two rows of a number per channel: factors of t and of t², see {@linkcode StoredPlan.condition}. */
    readonly shift?: StoredFloats;
  };

/**
 * The plan of a net as the manifest of an embedded model holds it, so that a program that only decodes has no reader of ONNX files.
 * `deno task plans` writes it.
 */
export interface StoredPlan {
  /** Planes of the input. */
  readonly planes: number;
  /** t is (log step − mean) / deviation, from `low` to `high`. */
  readonly condition: {
    readonly mean: number;
    readonly deviation: number;
    readonly low: number;
    readonly high: number;
  };
  /** Channels and scale of each map. */
  readonly maps: readonly (readonly [channels: number, scale: number])[];
  /** In order. */
  readonly steps: readonly StoredStep[];
  /** What the net gives, with maps by their index. */
  readonly output: Omit<NetOutput, "parts"> & {
    readonly parts: readonly { readonly source: number; readonly factor: number }[];
  };
}

/**
 * The plan of a net.
 *
 * @param stored What its manifest holds.
 * @param file The net's file.
 */
export function planOfStored(
  { planes, condition, output, ...stored }: StoredPlan,
  file: Uint8Array,
): NetPlan {
  const maps = stored.maps.map(([channels, scale], index): NetMap => ({ index, channels, scale }));
  const valuesAt = ([offset, count, bytesPerFloat = 2]: StoredFloats) => {
    const { buffer } = file.slice(offset, offset + bytesPerFloat * count);
    return bytesPerFloat === 2 ? new Uint16Array(buffer) : new Float32Array(buffer);
  };
  const floats = (place: StoredFloats) => {
    const values = valuesAt(place);
    return values instanceof Uint16Array ? halfFloats(values) : values;
  };
  return {
    planes,
    maps,
    steps: stored.steps.map((step): NetStep => {
      const target = maps[step.target];
      if (step.kind === "blocks") return { ...step, target };
      const { onto = false } = step, source = maps[step.source];
      if (step.kind === "spread") return { kind: step.kind, source, target, onto };
      const { slope = 1, edge = false, size, stride, weights, bias, shift } = step;
      return {
        kind: step.kind,
        source,
        slope,
        edge,
        size,
        stride,
        weights: valuesAt(weights),
        bias: bias ? floats(bias) : new Float32Array(target.channels),
        ...shift && { shift: shiftBy(floats(shift), condition) },
        target,
        onto,
      };
    }),
    output: { ...output, parts: output.parts.map((part) => ({ ...part, source: maps[part.source] })) },
  };
}

/** Rounds as the net's own operations do, which work in single precision. */
function shiftBy(
  factors: Float32Array,
  { mean, deviation, low, high }: StoredPlan["condition"],
): (condition: Float32Array) => Float32Array {
  const count = factors.length / 2;
  return ([step]) => {
    const centred = Math.fround(Math.fround(Math.log(step)) - mean);
    const t = Math.min(Math.max(Math.fround(centred / deviation), low), high), square = Math.fround(t * t);
    return Float32Array.from({ length: count }, (_, i) => t * factors[i] + square * factors[count + i]);
  };
}
