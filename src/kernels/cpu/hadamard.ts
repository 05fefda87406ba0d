/** ½ H over four planes of `count` values each; `target` may be `source`. */
export function hadamard4(source: Float32Array, target: Float32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const a = source[i], b = source[count + i], c = source[2 * count + i], d = source[3 * count + i];
    const sum = Math.fround(a + b), difference = Math.fround(a - b);
    const sumCd = Math.fround(c + d), differenceCd = Math.fround(c - d);
    target[i] = 0.5 * (sum + sumCd);
    target[count + i] = 0.5 * (sum - sumCd);
    target[2 * count + i] = 0.5 * (difference - differenceCd);
    target[3 * count + i] = 0.5 * (difference + differenceCd);
  }
}
