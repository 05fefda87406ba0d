/**
 * Separable blur of an interleaved (height, width, 3) picture; beyond an edge its last pixel is repeated.
 *
 * @param source Samples; multiplied by `scale` on the way.
 * @param target As many samples.
 * @param weights Odd number of taps, the middle one on the pixel itself.
 * @param scale 1 / 255 for bytes, 1 for [0, 1].
 */
export function gaussianBlur(
  source: Uint8Array | Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  weights: Float32Array,
  scale: number,
): void {
  const radius = (weights.length - 1) / 2, rowLength = 3 * width;
  // One row, blurred downwards, with room for the repeated pixels on either side.
  const line = new Float64Array(rowLength + 6 * radius);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const row = Math.min(height - 1, Math.max(0, y + k - radius)) * rowLength, weight = weights[k] * scale;
      for (let i = 0; i < rowLength; i++) line[3 * radius + i] += weight * source[row + i];
    }
    for (let i = 0; i < 3 * radius; i++) {
      line[i] = line[3 * radius + i % 3];
      line[line.length - 1 - i] = line[line.length - 1 - 3 * radius - i % 3];
    }
    for (let i = 0, to = y * rowLength; i < rowLength; i++, to++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * line[i + 3 * k];
      target[to] = sum;
    }
  }
}
