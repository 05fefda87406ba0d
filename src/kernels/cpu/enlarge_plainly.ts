import { CHANNELS, TAPS, type Taps } from "./enlarge.ts";

/** What `enlargeSamples` does, without WebAssembly SIMD. */
export function enlargePlainly(
  samples: Uint8ClampedArray,
  width: number,
  rows: Taps,
  columns: Taps,
): Uint8ClampedArray<ArrayBuffer> {
  const shownWidth = columns.places.length / TAPS, shownHeight = rows.places.length / TAPS;
  const data = new Uint8ClampedArray(CHANNELS * shownWidth * shownHeight);
  const stride = CHANNELS * width, row = new Float64Array(stride);
  const sum = ({ places, weights }: Taps, first: number, at: (place: number) => number) => {
    let total = 0;
    for (let tap = first; tap < first + TAPS; tap++) total += weights[tap] * at(places[tap]);
    return total;
  };
  for (let y = 0, to = 0; y < shownHeight; y++) {
    for (let i = 0; i < stride; i++) row[i] = sum(rows, TAPS * y, (place) => samples[place * stride + i]);
    for (let x = 0; x < shownWidth; x++, to += CHANNELS) {
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = Math.floor(
          sum(columns, TAPS * x, (place) => row[place * CHANNELS + channel]) + 0.5,
        );
      }
      data[to + 3] = 255;
    }
  }
  return data;
}
