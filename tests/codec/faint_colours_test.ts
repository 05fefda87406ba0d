import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { PictureScore } from "../../src/codec/plan/picture_score.ts";
import { faintSmoothing, withSoftFaintColours } from "../../src/codec/streams/faint_samples.ts";
import { randomSource } from "../random.ts";

/** A disc of grain above its soft black shadow. */
function discAboveShadow(side: number) {
  const next = randomSource(side), data = new Uint8ClampedArray(4 * side * side), middle = side / 2;
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i += 4) {
      const distance = Math.hypot(x - middle, y - middle), light = 225 + 20 * next();
      if (distance < side / 4) data.set([light, light, 0.95 * light, 255], i);
      else data.set([0, 0, 0, 110 * Math.exp(-((distance / side - 0.25) ** 2) / 0.01)], i);
    }
  }
  return { data, width: side, height: side };
}

/** Largest loss of light of opaque pixels next to others, mean over these pixels. */
function darkening(source: { data: Uint8ClampedArray; width: number }, shown: ArrayLike<number>): number {
  const { data, width } = source;
  let sum = 0, count = 0;
  for (let i = 4 * width; i < data.length - 4 * width; i += 4) {
    const around = [i - 4, i + 4, i - 4 * width, i + 4 * width];
    if (data[i + 3] < 255 || around.every((at) => data[at + 3] === 255)) continue;
    sum += data[i + 1] - shown[i + 1];
    count++;
  }
  return sum / count;
}

Deno.test("withSoftFaintColours() keeps opaque pixels and alpha, and moves colours the more the fainter they are", () => {
  const picture = discAboveShadow(64), soft = withSoftFaintColours(picture, faintSmoothing(30)).data;
  let faintest = 0, strongest = 0;
  for (let i = 0; i < soft.length; i += 4) {
    const alpha = picture.data[i + 3];
    assertEquals(soft[i + 3], alpha);
    if (alpha === 255) assertEquals(soft.slice(i, i + 3), picture.data.slice(i, i + 3));
    else if (alpha > 90) strongest = Math.max(strongest, soft[i]);
    else if (alpha > 0 && alpha < 4) faintest = Math.max(faintest, soft[i]);
  }
  assert(strongest > 20 && strongest < 128, `next to the disc up to ${strongest}`);
  assert(faintest < 20, `far from it up to ${faintest}`);
});

Deno.test("withSoftFaintColours() leaves pictures as they are without faint pixels, and with the weight of high qualities", () => {
  const picture = discAboveShadow(32);
  const sharp = { ...picture, data: picture.data.map((v, i) => i % 4 === 3 && v < 255 ? 0 : v) };
  assertEquals(withSoftFaintColours(sharp, faintSmoothing(10)), sharp);
  assertEquals(faintSmoothing(95), 0);
  assertEquals(withSoftFaintColours(picture, faintSmoothing(95)), picture);
});

Deno.test("a shadow darkens the edge above it less than without smoothing", async () => {
  const picture = discAboveShadow(160);
  for (const model of ["vaerans-8", "vaerans-4"]) {
    const soft = await compress(picture, { quality: 40, model });
    // The smoothing is left out where every pixel counts alike.
    const plain = { ...picture, data: picture.data.map((v, i) => i % 4 === 3 ? 255 : v) };
    const own = await compress(plain, { quality: 40, model });
    const after = darkening(picture, (await decompress(soft)).data);
    const before = darkening(picture, (await decompress(own)).data);
    assert(after < 0.9 * before, `${model}: ${before} → ${after} levels`);
  }
});

Deno.test("scores count errors as much as alpha shows of them", () => {
  const side = 32, next = randomSource(3);
  const source = { data: new Uint8ClampedArray(4 * side * side), width: side, height: side };
  for (let i = 0; i < source.data.length; i += 4) source.data.set([90, 120, 200 * next(), 255], i);
  const withAlpha = (alpha: number) => ({
    ...source,
    data: source.data.map((v, i) => i % 4 === 3 ? alpha : v),
  });
  const scoreOf = (alpha: number) => {
    const picture = withAlpha(alpha), score = new PictureScore(picture, picture);
    const decoded = { ...picture, data: picture.data.map((v, i) => i % 4 === 3 ? v : v + (i % 5) * 8) };
    return [score.ssimulacra2(decoded), score.structureDecibels(decoded), score.seenPsnr(decoded)];
  };
  const full = scoreOf(255), half = scoreOf(128), faint = scoreOf(20);
  for (let k = 0; k < 3; k++) assert(full[k] < half[k] && half[k] < faint[k], `${full} ${half} ${faint}`);
});

Deno.test("pictures of more than 2^23 pixels keep the colours of faint pixels", () => {
  const width = 2 ** 12, height = 2 ** 11 + 1, data = new Uint8ClampedArray(4 * width * height).fill(255);
  data[3] = 100;
  const picture = { data, width, height };
  assertStrictEquals(withSoftFaintColours(picture, 0.03), picture);
});
