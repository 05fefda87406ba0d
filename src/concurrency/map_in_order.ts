/**
 * Maps 0 … count − 1, at most `concurrency` at a time, in order of their beginning. When one fails no further one begins,
 * those under way end first, then the failure is thrown.
 */
export async function mapInOrder<T>(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0, failed = false, failure: unknown;
  const lane = async () => {
    while (next < count && !failed) {
      const index = next++;
      try {
        results[index] = await work(index);
      } catch (error) {
        if (!failed) [failed, failure] = [true, error];
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
  if (failed) throw failure;
  return results;
}
