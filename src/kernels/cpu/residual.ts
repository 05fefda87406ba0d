/** A sample of [0, 1] as the byte that a file shows: 255 times it, to the nearest, halves up, clipped. */
export function byteOf(value: number): number {
  return value > 0 ? value < 1 ? Math.floor(value * 255 + 0.5) : 255 : 0;
}

/** `target = source − byteOf(shown)`, element by element; −255 to 255. */
export function subtractShown(source: Uint8Array, shown: Float32Array, target: Int16Array): void {
  for (let i = 0; i < target.length; i++) target[i] = source[i] - byteOf(shown[i]);
}

/** `target = byteOf(shown) + difference`, clipped to a byte. */
export function addToShown(shown: Float32Array, difference: Int16Array, target: Uint8Array): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = Math.min(255, Math.max(0, byteOf(shown[i]) + difference[i]));
  }
}
