import { sampleValuesSection } from "../streams/sample_values_writing.ts";
import { channelsOfLists, type SampleValues } from "../streams/sample_values.ts";
import type { ContainerSection } from "../../format/mod.ts";
import { type AnyPicture, hasFewColours } from "../samples.ts";

/** Values on either side of a sample among which the values that occur are counted. */
const RADIUS = 8;
/** Pictures of so few colours have a palette in the graphics coder, where values that do not occur cost nothing. */
const PALETTE_COLOURS = 256;
/** The lists must save so many times the bytes that they take, */
const LEAST_GAIN = 8;
/** and so much per sample: gaps among the darkest and the brightest values, which few pixels have, save nothing in fact. */
const LEAST_BITS_PER_SAMPLE = 0.05;

/**
 * The values that the samples of a picture take, where coding their places instead of the samples saves bytes; `undefined`
 * otherwise. What a sample saves is taken to be the logarithm of how thinly values occur around its own. Samples equal to
 * one of their four decoded neighbours are left out: most of them cost next to nothing.
 *
 * @param picture 8 or 16 bits per sample.
 * @param isGrey Whether R = G = B.
 * @param hasAlpha Whether alpha is coded with the colours.
 */
export function sparseSamples(
  picture: AnyPicture,
  { isGrey, hasAlpha }: { readonly isGrey: boolean; readonly hasAlpha: boolean },
): { readonly values: SampleValues; readonly section: ContainerSection } | undefined {
  if (!isGrey && hasFewColours(picture, PALETTE_COLOURS)) return undefined;
  const { data } = picture;
  const range = data instanceof Uint16Array ? 65536 : 256;
  const lists = (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0), channels = channelsOfLists(lists, hasAlpha);
  const leastBits = LEAST_BITS_PER_SAMPLE * lists * data.length / 4;
  const histograms = channels.map(([channel]) => countsOfAll(picture, channel, range));
  const values = histograms.map(valuesThatOccur);
  // Fewer samples are new than there are, so most photographs need no second count.
  if (savedBits(values, histograms) < leastBits) return undefined;
  const saved = savedBits(values, channels.map(([channel]) => countsOfNew(picture, channel, range)));
  if (saved < leastBits) return undefined;
  const section = sampleValuesSection(values);
  return saved > 8 * LEAST_GAIN * section.payload.length ? { values, section } : undefined;
}

/** How many samples of a channel have each value. */
function countsOfAll({ data }: AnyPicture, channel: number, range: number): Uint32Array {
  const counts = new Uint32Array(range);
  for (let i = channel; i < data.length; i += 4) counts[data[i]]++;
  return counts;
}

/** The same of samples that differ from their four decoded neighbours. */
function countsOfNew({ data, width }: AnyPicture, channel: number, range: number): Uint32Array {
  const counts = new Uint32Array(range), row = 4 * width;
  for (let i = channel; i < data.length; i += 4) {
    const value = data[i];
    const isNew = value !== data[i - 4] && value !== data[i - row] && value !== data[i - row - 4] &&
      value !== data[i - row + 4];
    if (isNew) counts[value]++;
  }
  return counts;
}

function valuesThatOccur(counts: Uint32Array): Uint16Array {
  const list = new Uint16Array(counts.reduce((sum, count) => sum + Number(count > 0), 0));
  for (let value = 0, place = 0; value < counts.length; value++) if (counts[value] > 0) list[place++] = value;
  return list;
}

/** Bits that so many samples of each value save in all channels. */
function savedBits(lists: readonly Uint16Array[], counts: readonly Uint32Array[]): number {
  let bits = 0;
  for (const [channel, list] of lists.entries()) {
    for (let place = 0, low = 0, high = 0; place < list.length; place++) {
      const value = list[place], from = Math.max(0, value - RADIUS);
      const to = Math.min(counts[channel].length - 1, value + RADIUS);
      while (list[low] < from) low++;
      while (high < list.length && list[high] <= to) high++;
      bits += counts[channel][value] * Math.log2((to - from + 1) / (high - low));
    }
  }
  return bits;
}
