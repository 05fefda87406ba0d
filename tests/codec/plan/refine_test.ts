import { assertEquals } from "@std/assert";
import { compress, decompress, inspect, psnr } from "../../../mod.ts";
import { loadModel } from "../../../src/models/mod.ts";
import { encodeFor } from "../../../src/codec/plan/encode_for_target.ts";
import { EncoderPool } from "../../../src/codec/plan/encoder_pool.ts";
import { ExactFiles } from "../../../src/codec/plan/exact_files.ts";
import { PictureJudge } from "../../../src/codec/streams/picture_judge.ts";
import { PictureScore } from "../../../src/codec/plan/picture_score.ts";
import { randomSource } from "../../random.ts";

/** Waves, an edge and a little noise, of which no file of these sizes keeps anything. */
function scene(width: number, height: number) {
  const next = randomSource(9), data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const wave = 50 * Math.sin(x / 9 + y / 23) + 25 * Math.sin((x * y) / 900);
      const value = (x + 2 * y < width ? 90 : 150) + wave + 30 * (next() - 0.5);
      data[i] = value;
      data[i + 1] = value * 0.9 + 10;
      data[i + 2] = 200 - value * 0.6;
    }
  }
  return { data, width, height };
}

/** What a model was trained to make small, in bits: the file's and those that its error is worth. */
async function costOf(file: Uint8Array, picture: ReturnType<typeof scene>, model: string, stepCode: number) {
  const { data } = await decompress(file), { objective } = (await loadModel(model)).manifest;
  const shown = Float32Array.from(
    { length: data.length / 4 * 3 },
    (_, i) => data[Math.floor(i / 3) * 4 + i % 3] / 255,
  );
  return 8 * file.length + new PictureJudge(picture, objective!, stepCode).judge(shown).errorBits;
}

Deno.test("a refined latent costs clearly less by what its model was trained for, whole and in tiles", async () => {
  const picture = scene(200, 136), sum = { plain: 0, refined: 0 };
  for (const model of ["vaerans-8", "vaerans-4"]) {
    for (const options of [{}, { tileSide: 128, workers: 0 }]) {
      const pool = new EncoderPool(picture, { model, ...options });
      const encoder = await pool.get(model), stepCode = encoder.codeOfQuality(45);
      const plain = await costOf(await encoder.encode(stepCode, 0), picture, model, stepCode);
      await encoder.refine({ stepCode, passes: 4 });
      const refined = await costOf(await encoder.encode(stepCode, 0), picture, model, stepCode);
      assertEquals(refined < 0.995 * plain, true, `${model}: ${plain} bits before, ${refined} after`);
      sum.plain += plain;
      sum.refined += refined;
      pool.close();
    }
  }
  assertEquals(sum.refined < 0.98 * sum.plain, true, `${sum.plain} bits before, ${sum.refined} after`);
});

Deno.test("efforts from 6 on refine, and keep to the bytes that were asked for", async () => {
  const picture = scene(128, 96), stages: string[] = [];
  const file = await compress(picture, {
    model: "vaerans-4",
    bytes: 700,
    effort: 6,
    onProgress: ({ stage }) => stages.push(stage),
  });
  assertEquals(file.length <= 700 && file.length > 650, true, `${file.length} bytes`);
  assertEquals(stages.includes("refine"), true);
  const plain = await compress(picture, { model: "vaerans-4", bytes: 700, effort: 5 });
  const quality = async (file: Uint8Array) => psnr(picture, await decompress(file));
  assertEquals(await quality(file) > await quality(plain), true);
});

Deno.test("a refined picture meets a PSNR with fewer bytes", async () => {
  const picture = scene(128, 96), sum = { plain: 0, refined: 0 };
  for (const target of [24, 25, 26, 27, 29, 30].map((psnr) => ({ model: "vaerans-4", psnr }))) {
    const [plain, refined] = [
      await compress(picture, target),
      await compress(picture, { ...target, effort: 8 }),
    ];
    assertEquals(psnr(picture, await decompress(refined)) >= target.psnr, true);
    // Where refining gains nothing, the file is as it was.
    assertEquals(refined.length <= plain.length, true, `${refined.length} and ${plain.length} bytes`);
    sum.plain += plain.length;
    sum.refined += refined.length;
  }
  assertEquals(sum.refined < sum.plain, true, `${sum.refined} and ${sum.plain} bytes`);
});

Deno.test("what has no latent, or a coder without costs, is not refined", async () => {
  const picture = scene(64, 48);
  for (const options of [{ model: "pixels" }, { model: "vaerans-8", entropy: "static" as const }]) {
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }) => stages.push(stage);
    await compress(picture, { ...options, quality: 50, effort: 9, onProgress });
    assertEquals(stages.includes("refine"), false);
  }
});

Deno.test("every effort takes pictures of any size", async () => {
  for (const [width, height] of [[1, 1], [16, 16], [300, 7], [17, 40]]) {
    for (const model of ["vaerans-8", "vaerans-4"]) {
      const file = await compress(scene(width, height), { model, quality: 30, effort: 7 });
      const { width: w, height: h } = await decompress(file);
      assertEquals([w, h], [width, height]);
    }
  }
});

Deno.test("a quality stands in a refined file's header, and its step is the quality's", async () => {
  const picture = scene(64, 48), pool = new EncoderPool(picture, {});
  const goal = { target: { kind: "quality", value: 20 } } as const;
  const { stepCode } = await encodeFor(goal, await pool.get("vaerans-8"), {
    picture,
    lossy: picture,
    score: new PictureScore(picture, picture),
    exact: new ExactFiles(picture, picture, {}),
    options: {},
  });
  pool.close();
  const { quality, step } = inspect(await compress(picture, { quality: 20, effort: 7 }));
  assertEquals(quality, 20);
  assertEquals(Math.round(64 * Math.log2(step!)) + 1024, stepCode);
});
