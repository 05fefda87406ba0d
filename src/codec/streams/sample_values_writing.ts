import { type ContainerSection, SAMPLE_VALUES_SECTION } from "../../format/mod.ts";
import type { SampleData } from "../samples.ts";
import { encodeIntegers } from "./integer_writing.ts";
import { LENGTH_BYTES } from "./sample_values_section.ts";
import { channelsOfLists, type SampleValues } from "./sample_values.ts";

/** The section that keeps the lists: a row per channel of the steps from value to value, from −1 on, 0 after the last. */
export function sampleValuesSection(values: SampleValues): ContainerSection {
  const width = Math.max(...values.map((list) => list.length)), height = values.length;
  const steps = new Int32Array(width * height);
  for (const [row, list] of values.entries()) {
    for (let i = 0; i < list.length; i++) steps[row * width + i] = list[i] - (i === 0 ? -1 : list[i - 1]);
  }
  const coded = encodeIntegers(steps, { width, height });
  const payload = new Uint8Array(LENGTH_BYTES + coded.length);
  payload[0] = width - 1;
  payload[1] = (width - 1) >> 8;
  payload.set(coded, LENGTH_BYTES);
  return { kind: SAMPLE_VALUES_SECTION, payload };
}

/** The places of samples (RGBA interleaved) in their lists; samples of channels without a list are left out. */
export function placesOf(data: SampleData, values: SampleValues, hasAlpha: boolean): Uint16Array {
  const places = new Uint16Array(data.length), placeOf = new Uint16Array(2 ** 16);
  for (const [index, channels] of channelsOfLists(values.length, hasAlpha).entries()) {
    values[index].forEach((value, place) => placeOf[value] = place);
    for (const channel of channels) {
      for (let i = channel; i < data.length; i += 4) places[i] = placeOf[data[i]];
    }
  }
  return places;
}
