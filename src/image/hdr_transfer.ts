import { toConnectionSpace } from "./icc_profile.ts";
import type { Primaries } from "./colour_space.ts";
import { invert3, transform3, type Vector3 } from "./matrix3.ts";

/** Constants of PQ (SMPTE ST 2084). */
const M1 = 1305 / 8192, M2 = 2523 / 32, C1 = 107 / 128, C2 = 2413 / 128, C3 = 2392 / 128;
/** Constants of HLG (BT.2100). */
const A = 0.17883277, B = 1 - 4 * A, C = 0.5 - A * Math.log(4 * A);

/** The sample of PQ for light, both from 0 to 1. */
function pqOf(light: number): number {
  const power = light ** M1;
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2;
}

/** The sample of HLG for a scene's light, both from 0 to 1. */
function hlgOf(scene: number): number {
  return scene <= 1 / 12 ? Math.sqrt(3 * scene) : A * Math.log(12 * scene - B) + C;
}

/**
 * Changes samples of light to PQ.
 *
 * @param data RGBA of 16 bits.
 * @param lightOf The light of a sample, in units of 10,000 candela per square metre.
 */
export function lightToPq(data: Uint16Array, lightOf: (sample: number) => number): void {
  const table = Uint16Array.from(
    { length: 65536 },
    (_, sample) => Math.round(65535 * pqOf(Math.min(1, lightOf(sample)))),
  );
  for (let i = 0; i < data.length; i += 4) {
    for (let c = i; c < i + 3; c++) data[c] = table[data[c]];
  }
}

/**
 * Changes samples of a display's light to HLG, which stands for the scene's light.
 *
 * @param data RGBA of 16 bits.
 * @param lightOf The light of a sample, in units of the display's peak.
 * @param peak Luminance of the display's peak, in candela per square metre.
 * @param primaries The samples' primaries.
 */
export function lightToHlg(
  data: Uint16Array,
  lightOf: (sample: number) => number,
  peak: number,
  primaries: Primaries,
): void {
  const [red, green, blue] = luminances(primaries);
  const systemGamma = 1.2 * 1.111 ** Math.log2(peak / 1000), exponent = 1 / systemGamma - 1;
  const light = Float64Array.from({ length: 65536 }, (_, sample) => lightOf(sample));
  for (let i = 0; i < data.length; i += 4) {
    const luminance = red * light[data[i]] + green * light[data[i + 1]] + blue * light[data[i + 2]];
    const ratio = luminance > 0 ? luminance ** exponent : 0;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(65535 * hlgOf(Math.min(1, light[data[c]] * ratio)));
  }
}

/** What each primary contributes to the luminance of white. */
function luminances(primaries: Primaries): Vector3 {
  const { adaptation, columns } = toConnectionSpace(primaries), back = invert3(adaptation);
  const of = (column: Vector3) => transform3(back, column)[1];
  return [of(columns[0]), of(columns[1]), of(columns[2])];
}
