import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { compress, decompress, InvalidValueError, psnr, VaeransError } from "../../../mod.ts";
import { pyramidLayout } from "../../../src/core/mod.ts";
import { EncoderPool } from "../../../src/codec/plan/encoder_pool.ts";
import { ExactFiles } from "../../../src/codec/plan/exact_files.ts";
import { estimateLosslessBytes } from "../../../src/codec/plan/lossless_estimate.ts";
import { PictureScore } from "../../../src/codec/plan/picture_score.ts";
import { checkQuantised } from "../../../src/codec/streams/quantised_check.ts";
import { verifyLossy } from "../../../src/codec/plan/verify_lossy.ts";
import { randomSource } from "../../random.ts";

function scene(width: number, height: number, noise = 20) {
  const next = randomSource(5), data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      data[4 * i + c] = 128 + 70 * Math.sin((i % width + i / width) / 11 + c) + noise * next();
    }
  }
  return { data, width, height };
}

Deno.test("no step of a pixel stream gives a damaged picture without an error", async () => {
  const picture = scene(40, 24);
  for (const tune of ["look", "psnr"] as const) {
    const pool = new EncoderPool(picture, { tune }), encoder = await pool.get("pixels");
    let finest = Infinity, before = 0;
    for (let code = 2047; code >= 0; code = code === 0 ? -1 : Math.max(0, code - 89)) {
      const file = await encoder.encode(code, 0).catch((error) => {
        assert(error instanceof InvalidValueError && error.code === "quant-range", `${code}: ${error}`);
        finest = code;
      });
      if (!file) continue;
      assert(code < finest);
      const decibels = psnr(picture, await decompress(file));
      assert(decibels >= Math.min(60, before) - 1, `step code ${code}: ${before} dB and then ${decibels} dB`);
      before = decibels;
    }
    assertEquals(before === Infinity, true);
    pool.close();
  }
});

Deno.test("checkQuantised() refuses coefficients that were clipped or lost, and accepts those that a quantiser moves", () => {
  const layout = pyramidLayout("haar", 1, { channels: 1, width: 4, height: 4 });
  const steps = Float32Array.of(0.5, 1, 1, 2),
    quantised = Int32Array.from({ length: 16 }, (_, i) => 1000 * i - 8000);
  const stepAt = (i: number) => steps[Math.floor(i / 4)];
  const coefficients = Float32Array.from(quantised, (q, i) => (q + (i % 3) - 1) * stepAt(i));
  checkQuantised(coefficients, quantised, layout, steps);
  for (let i = 0; i < 16; i++) {
    for (const wrong of [quantised[i] + 9, quantised[i] - 9, -quantised[i] + 20, 2 ** 30]) {
      const error = assertThrows(
        () => checkQuantised(coefficients, quantised.with(i, wrong), layout, steps),
        VaeransError,
      );
      assertEquals(error.code, "verify-failed");
    }
  }
});

Deno.test("verifyLossy() refuses the file of another picture or alpha, and a damaged one", async () => {
  const picture = scene(32, 32), pool = new EncoderPool(picture, {}), encoder = await pool.get("pixels");
  const measuresOf = (source: typeof picture) => ({
    picture: source,
    lossy: source,
    score: new PictureScore(source, source),
    exact: new ExactFiles(source, source, {}),
    options: {},
  });
  const file = await encoder.encode(1100, 0);
  await verifyLossy(file, encoder, measuresOf(picture));
  const other = { ...picture, data: picture.data.map((value, i) => i % 4 === 3 ? 255 : 255 - value) };
  const clear = { ...picture, data: picture.data.map((value, i) => i === 4 * 77 + 3 ? 254 : value) };
  for (const source of [other, clear]) {
    const error = await assertRejects(() => verifyLossy(file, encoder, measuresOf(source)), VaeransError);
    assertEquals(error.code, "verify-failed");
  }
  await assertRejects(() =>
    verifyLossy(file.with(file.length - 9, 1 ^ file.at(-9)!), encoder, measuresOf(picture))
  );
  pool.close();
});

Deno.test("estimateLosslessBytes() is within a factor of what lossless files take", async () => {
  const checker = scene(160, 160, 0);
  checker.data.forEach((_, i) =>
    checker.data[i] = i % 4 === 3 ? 255 : ((i >> 2) + Math.floor((i >> 2) / 160)) % 2 * 255
  );
  for (
    const [name, picture] of Object.entries({ noisy: scene(200, 150, 60), soft: scene(160, 160, 6), checker })
  ) {
    const { length } = await compress(picture, { lossless: true }), estimate = estimateLosslessBytes(picture);
    assert(estimate <= 4 * length && estimate >= length / 8 - 60, `${name}: ${estimate} for ${length}`);
  }
});
