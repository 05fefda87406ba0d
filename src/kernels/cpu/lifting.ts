/**
 * One level of lifting along one line, derived from a wavelet's description. Low samples end up first, high ones after
 * them. Floats are rounded to single precision after every operation, as SIMD does; integers floor.
 */
import type { LiftingStep, Wavelet } from "../../wavelets/mod.ts";

/** Samples the lifting works on: single precision or integers. */
export type Samples = Float32Array | Int32Array;

/** A one-dimensional transform of the `count` first samples of `line` into `out`; may change `line`. */
export type LineTransform = (line: Samples, out: Samples, count: number) => void;

/** A pair of one-dimensional transforms. */
export interface Lifting {
  /** Interleaved samples → low ones at 0, high ones at ⌈count/2⌉. */
  readonly forward: LineTransform;
  /** The inverse of `forward`. */
  readonly inverse: LineTransform;
}

/** The lifting of a wavelet in single precision or, where it is reversible, in integers. */
export function liftingOf({ steps, highScale }: Wavelet, inIntegers: boolean): Lifting {
  const terms = steps.map((step) => inIntegers ? integerTerm(step) : floatTerm(step));
  const scale = scaling(inIntegers ? 1 : highScale);
  return {
    forward(line, out, count) {
      split(line, out, count);
      if (count < 2) return;
      steps.forEach((step, i) => lift(out, count, i, step, terms[i], 1));
      scale(out, count, "forward");
    },
    inverse(line, out, count) {
      if (count > 1) {
        scale(line, count, "inverse");
        for (let i = steps.length - 1; i >= 0; i--) lift(line, count, i, steps[i], terms[i], -1);
      }
      interleave(line, out, count);
    },
  };
}

/**
 * The transpose of a float inverse: derivatives by interleaved samples → derivatives by low and high ones, low first. Each
 * lifting step turned around: what a sample was added to gives its derivative back.
 */
export function inverseAdjointOf({ steps, highScale }: Wavelet): LineTransform {
  const scale = scaling(highScale);
  return (line, out, count) => {
    split(line, out, count);
    if (count < 2) return;
    steps.forEach(({ weight, left, right }, index) => {
      const { from, targets, to, places } = sidesOf(count, index);
      for (let i = 0; i < targets; i++) {
        const [before, after] = neighboursOf(index, i, places);
        if (isAlone(index, i, places, left)) continue;
        const part = weight * out[from + i];
        if (left) out[to + before] -= part;
        if (right) out[to + after] -= part;
      }
    });
    scale(out, count, "inverse");
  };
}

/** What a step adds, from the sum of its neighbours. */
type Term = (left: number, right: number) => number;

function floatTerm({ weight, left, right }: LiftingStep): Term {
  const factor = Math.fround(weight);
  if (!left) return (_, after) => Math.fround(factor * after);
  if (!right) return (before) => Math.fround(factor * before);
  return (before, after) => Math.fround(factor * Math.fround(before + after));
}

function integerTerm({ weight, left, right, integer }: LiftingStep): Term {
  const { round, shift } = integer!, sign = Math.sign(weight);
  return (before, after) => sign * (((left ? before : 0) + (right ? after : 0) + round) >> shift);
}

function lift(
  line: Samples,
  count: number,
  index: number,
  { left }: LiftingStep,
  term: Term,
  sign: 1 | -1,
): void {
  const { from, targets, to, places } = sidesOf(count, index);
  for (let i = 0; i < targets; i++) {
    if (isAlone(index, i, places, left)) continue;
    const [before, after] = neighboursOf(index, i, places);
    line[from + i] += sign * term(line[to + before], line[to + after]);
  }
}

/** Where the samples that a step changes begin and how many they are, and the same of the samples that it reads. */
function sidesOf(
  count: number,
  index: number,
): { from: number; targets: number; to: number; places: number } {
  const low = (count + 1) >> 1, high = count >> 1;
  return index % 2 === 0
    ? { from: low, targets: high, to: 0, places: low }
    : { from: 0, targets: low, to: low, places: high };
}

/** The neighbours of sample `i`, mirrored at the ends. */
function neighboursOf(index: number, i: number, places: number): readonly [before: number, after: number] {
  return index % 2 === 0 ? [i, i + 1 < places ? i + 1 : i] : [i > 0 ? i - 1 : 0, i < places ? i : places - 1];
}

/** Whether a low sample reads only the neighbour after it, and lacks it. */
function isAlone(index: number, i: number, places: number, left: boolean): boolean {
  return index % 2 === 1 && !left && i >= places;
}

/** Multiplies high samples by `highScale` and low ones by its inverse, or undoes it. */
function scaling(
  highScale: number,
): (line: Samples, count: number, direction: "forward" | "inverse") => void {
  if (highScale === 1) return () => {};
  const up = Math.fround(highScale), down = Math.fround(1 / highScale);
  return (line, count, direction) => {
    const low = (count + 1) >> 1, [ofLow, ofHigh] = direction === "forward" ? [down, up] : [up, down];
    for (let i = 0; i < low; i++) line[i] *= ofLow;
    for (let i = low; i < count; i++) line[i] *= ofHigh;
  };
}

function split(line: Samples, out: Samples, count: number): void {
  const low = (count + 1) >> 1;
  for (let i = 0; i < low; i++) out[i] = line[2 * i];
  for (let i = 0; i < count >> 1; i++) out[low + i] = line[2 * i + 1];
}

function interleave(line: Samples, out: Samples, count: number): void {
  const low = (count + 1) >> 1;
  for (let i = 0; i < low; i++) out[2 * i] = line[i];
  for (let i = 0; i < count >> 1; i++) out[2 * i + 1] = line[low + i];
}
