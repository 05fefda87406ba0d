import { assert, assertEquals } from "@std/assert";
import { compress, inspect } from "../../../mod.ts";
import { forecastStep } from "../../../src/codec/plan/step_forecast.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(320, 224);

Deno.test("a quality near a border is left to one stream, others have their own", () => {
  const nameAt = (quality: number) => forecastStep(picture, quality)?.name;
  assertEquals([19, 44, 60, 69.9].map(nameAt), [undefined, undefined, undefined, undefined]);
  assertEquals([20, 39.9].map(nameAt), ["vaerans-8", "vaerans-8"]);
  assertEquals([40, 43, 70, 77.9].map(nameAt), Array(4).fill("vaerans-4"));
  assertEquals([78, 86, 87, 100].map(nameAt), Array(4).fill("pixels"));
});

Deno.test("steps move by nothing at the ends of a ground, and steadily between", () => {
  const codesAt = (quality: number) => forecastStep(picture, quality)!.codes;
  assertEquals([20, 70, 87, 93].map(codesAt), [0, 0, 0, 0]);
  for (const [from, to] of [[70, 77], [78, 87]]) {
    for (let quality = from; quality < to; quality++) {
      const [here, next] = [quality, quality + 1].map((at) => {
        const { name, codes } = forecastStep(picture, at)!;
        return name === forecastStep(picture, from)!.name ? codes : -Infinity;
      });
      assert(next < here, `${quality}: ${here}, then ${next}`);
    }
  }
});

Deno.test("files of qualities near a border are made with the step that was foretold, and say the quality", async () => {
  for (const quality of [22, 36, 41, 74, 82]) {
    const { name, quality: anchor, codes } = forecastStep(picture, quality)!;
    const { model, step, quality: noted } = inspect(await compress(picture, { quality, workers: 0 }));
    const own = inspect(await compress(picture, { quality: anchor, model: name, effort: 1, workers: 0 }));
    assertEquals([model, noted], [name, quality]);
    assert(codes === 0 ? step === own.step : (step > own.step) === (codes > 0), `${quality}: ${codes}`);
  }
});

Deno.test("efforts above the default choose between both streams", async () => {
  const choices = await Promise.all(
    [5, 6].map(async (effort) => inspect(await compress(picture, { quality: 76, effort, workers: 0 })).step),
  );
  assert(choices[0] !== choices[1], `${choices}`);
});
