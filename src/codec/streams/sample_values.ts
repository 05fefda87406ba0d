/**
 * The values that the samples of a lossless stream take, ascending: one list per channel of the stream (grey or R, G and B, then
 * alpha where it is a plane of the stream). The stream codes the place of each sample in its list, so that values that do not
 * occur, as in 16-bit files of 8- or 10-bit samples and in photographs whose contrast was raised, cost nothing.
 */
export type SampleValues = readonly Uint16Array[];

/** Bits that the places in the longest list need, 1 to 16. */
export function placeBits(values: SampleValues): number {
  const last = Math.max(...values.map((list) => list.length)) - 1;
  return Math.max(1, 32 - Math.clz32(last));
}

/**
 * Which of R, G, B and A (0 to 3) each list is about.
 *
 * @param channels Lists: 1 or 3, and one more for alpha.
 * @param hasAlpha Whether the last list is that of alpha.
 */
export function channelsOfLists(channels: number, hasAlpha: boolean): readonly (readonly number[])[] {
  const colours = channels - (hasAlpha ? 1 : 0) === 1 ? [[0, 1, 2]] : [[0], [1], [2]];
  return hasAlpha ? [...colours, [3]] : colours;
}

/** Replaces the places of decoded samples (RGBA interleaved) by their values; a place beyond the list means its last value. */
export function writeValues(
  data: Uint8ClampedArray | Uint16Array,
  values: SampleValues,
  hasAlpha: boolean,
): void {
  for (const [index, channels] of channelsOfLists(values.length, hasAlpha).entries()) {
    const list = values[index], last = list.length - 1;
    for (const channel of channels) {
      for (let i = channel; i < data.length; i += 4) data[i] = list[Math.min(data[i], last)];
    }
  }
}
