/** How many elements have that value. */
export function countOf(values: Uint8Array, value: number): number {
  let count = 0;
  for (const element of values) if (element === value) count++;
  return count;
}
