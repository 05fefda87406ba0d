import { type ContainerSection, SAMPLE_VALUES_SECTION } from "../../format/mod.ts";
import { damagedSection, decodeIntegers } from "./integer_section.ts";
import type { SampleValues } from "./sample_values.ts";

/** Bytes before the coded integers: the length of the longest list, minus 1. */
export const LENGTH_BYTES = 2;

/**
 * The values of the samples of a lossless stream; `undefined` if all values occur. Errors: `BitstreamError`
 * ("section-damaged").
 *
 * @param channels Channels of the stream.
 * @param bitDepth Bits per sample of the picture.
 * @param sections Those before the streams, at least.
 */
export function readSampleValues(
  channels: number,
  bitDepth: number,
  sections: readonly ContainerSection[],
): SampleValues | undefined {
  const payload = sections.find(({ kind }) => kind === SAMPLE_VALUES_SECTION)?.payload;
  if (!payload) return undefined;
  const [low = 0, high = 0] = payload, width = 1 + low + 256 * high;
  const what = "sample values";
  const steps = decodeIntegers(payload.subarray(LENGTH_BYTES), { width, height: channels }, what);
  return Array.from({ length: channels }, (_, channel) => {
    const row = steps.subarray(channel * width, (channel + 1) * width), end = row.indexOf(0);
    let value = -1;
    const list = [...end < 0 ? row : row.subarray(0, end)].map((step) => {
      value += step;
      if (step < 0 || value >= 2 ** bitDepth) {
        throw damagedSection(what, `they must ascend from 0 to ${2 ** bitDepth - 1} (got ${value})`);
      }
      return value;
    });
    if (list.length === 0) throw damagedSection(what, "a channel must have one at least (got none)");
    return Uint16Array.from(list);
  });
}
