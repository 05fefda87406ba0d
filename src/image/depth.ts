/** A sample of one range in another: 255, 1023, 4095 or 65535 is the largest. */
export function withDepth(sample: number, from: number, to: number): number {
  return Math.round(sample * to / from);
}
