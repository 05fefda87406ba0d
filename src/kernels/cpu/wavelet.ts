import { levelSizes } from "../../core/level_sizes.ts";
import type { PyramidLayout } from "../../core/mod.ts";
import { checkWaveletDtype, waveletNamed } from "../../wavelets/mod.ts";
import { inverseAdjointOf, type Lifting, liftingOf, type LineTransform, type Samples } from "./lifting.ts";

/** Separable transform of every channel: rows, then columns, level after level. Plain TypeScript, any size. */
export function waveletForward(source: Samples, target: Samples, layout: PyramidLayout): void {
  analyse(liftingFor(layout, source).forward, source, target, layout);
}

/**
 * The transpose of {@linkcode waveletInverse} in floats: derivatives by the samples → derivatives by the coefficients.
 */
export function waveletInverseAdjoint(
  source: Float32Array,
  target: Float32Array,
  layout: PyramidLayout,
): void {
  analyse(inverseAdjointOf(waveletNamed(layout.wavelet)), source, target, layout);
}

function analyse(
  split: LineTransform,
  source: Samples,
  target: Samples,
  layout: PyramidLayout,
): void {
  const { width, height, channels, levels } = layout, sizes = levelSizes(layout);
  const plane = source.slice(0, width * height);
  const lines = scratchLines(source, Math.max(width, height));
  for (let channel = 0; channel < channels; channel++) {
    plane.set(source.subarray(channel * width * height, (channel + 1) * width * height) as never);
    for (const { width: w, height: h } of sizes.slice(0, levels)) {
      for (let y = 0; y < h; y++) transformLine(split, plane, y * width, 1, w, lines);
      for (let x = 0; x < w; x++) transformLine(split, plane, x, width, h, lines);
    }
    copyBands(layout, channel, (offset, index) => target[offset] = plane[index]);
  }
}

/** Undoes {@linkcode waveletForward}. */
export function waveletInverse(source: Samples, target: Samples, layout: PyramidLayout): void {
  const { width, height, channels, levels } = layout, sizes = levelSizes(layout);
  const lifting = liftingFor(layout, source);
  const lines = scratchLines(source, Math.max(width, height));
  for (let channel = 0; channel < channels; channel++) {
    const plane = target.subarray(channel * width * height, (channel + 1) * width * height);
    copyBands(layout, channel, (offset, index) => plane[index] = source[offset]);
    for (const { width: w, height: h } of sizes.slice(0, levels).reverse()) {
      for (let x = 0; x < w; x++) transformLine(lifting.inverse, plane, x, width, h, lines);
      for (let y = 0; y < h; y++) transformLine(lifting.inverse, plane, y * width, 1, w, lines);
    }
  }
}

function liftingFor(layout: PyramidLayout, samples: Samples): Lifting {
  const wavelet = waveletNamed(layout.wavelet), inIntegers = samples instanceof Int32Array;
  checkWaveletDtype(wavelet, inIntegers ? "i32" : "f32");
  return liftingOf(wavelet, inIntegers);
}

function scratchLines(like: Samples, count: number): { line: Samples; out: Samples } {
  return like instanceof Float32Array
    ? { line: new Float32Array(count), out: new Float32Array(count) }
    : { line: new Int32Array(count), out: new Int32Array(count) };
}

function transformLine(
  transform: LineTransform,
  plane: Samples,
  start: number,
  stride: number,
  count: number,
  { line, out }: { line: Samples; out: Samples },
): void {
  for (let i = 0; i < count; i++) line[i] = plane[start + i * stride];
  transform(line, out, count);
  for (let i = 0; i < count; i++) plane[start + i * stride] = out[i];
}

/** Calls `move(packed offset, index in the plane)` for every coefficient of the channel; subbands lie in quadrants. */
function copyBands(
  layout: PyramidLayout,
  channel: number,
  move: (offset: number, index: number) => void,
): void {
  const sizes = levelSizes(layout);
  for (const band of layout.bands) {
    if (band.channel !== channel) continue;
    const left = band.orientation & 1 ? sizes[band.level].width : 0;
    const top = band.orientation & 2 ? sizes[band.level].height : 0;
    for (let y = 0; y < band.height; y++) {
      for (let x = 0; x < band.width; x++) {
        move(band.offset + y * band.width + x, (top + y) * layout.width + left + x);
      }
    }
  }
}
