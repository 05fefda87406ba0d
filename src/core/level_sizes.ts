/** Samples in the low half after one level over `n` samples. */
export function lowCount(n: number): number {
  return (n + 1) >> 1;
}

/**
 * Extents of the low half after each number of levels.
 *
 * @param layout Extents before the first level, in samples, and the number of levels.
 * @returns One more than there are levels; the first are the extents themselves.
 */
export function levelSizes(
  { width, height, levels }: { width: number; height: number; levels: number },
): { width: number; height: number }[] {
  const sizes = [{ width, height }];
  for (let n = 0; n < levels; n++) {
    sizes.push({ width: lowCount(sizes[n].width), height: lowCount(sizes[n].height) });
  }
  return sizes;
}
