import {
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { BitstreamError, compress, decompress, inspect, InvalidValueError, msSsim, psnr } from "../../mod.ts";
import { ModelError } from "../../src/core/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { EncoderPool } from "../../src/codec/plan/encoder_pool.ts";
import { codeFromStep } from "../../src/components/mod.ts";
import { readContainer, writeContainer } from "../../src/format/mod.ts";
import { copyModel } from "../model_copy.ts";
import { withFolder } from "../with_folder.ts";

const picture = syntheticPicture(200, 136);
const bytes = await compress(picture, { quality: 50, model: "vaerans-8" });

Deno.test("a picture comes back in its size and close to what it was", async () => {
  const decoded = await decompress(bytes);
  assertEquals([decoded.width, decoded.height, decoded.data.length], [200, 136, 4 * 200 * 136]);
  assertEquals(psnr(picture, decoded) > 25, true, `${psnr(picture, decoded)} dB`);
  assertEquals(decoded.data.every((value, i) => i % 4 !== 3 || value === 255), true);
});

Deno.test("any size from 1×1 goes through both models", async () => {
  for (const [width, height] of [[1, 1], [1, 9], [17, 1], [7, 13], [8, 8], [9, 65], [130, 33]]) {
    for (const model of ["vaerans-8", "vaerans-4"]) {
      const small = syntheticPicture(width, height);
      const decoded = await decompress(await compress(small, { model, quality: 80 }));
      assertEquals([decoded.width, decoded.height], [width, height]);
      assertEquals(
        psnr(small, decoded) > 12,
        true,
        `${width}×${height} ${model}: ${psnr(small, decoded)} dB`,
      );
    }
  }
});

Deno.test("a latent can be taken apart by another wavelet and depth than its model's", async () => {
  const small = syntheticPicture(70, 45);
  for (const [wavelet, levels] of [["haar", 1], ["cdf53", 0], ["haar", 10]] as const) {
    const file = await compress(small, { model: "vaerans-8", quality: 50, wavelet, levels });
    const info = inspect(file);
    assertEquals([info.wavelet, info.levels], [wavelet, levels]);
    assertEquals(psnr(small, await decompress(file)) > 19, true);
  }
  await assertRejects(
    () => compress(small, { model: "vaerans-8", levels: 11 }),
    InvalidValueError,
    "0 to 10",
  );
  const wavelet = "cdf97" as "haar";
  await assertRejects(() => compress(small, { model: "vaerans-8", wavelet }), InvalidValueError, "cdf97");
});

Deno.test("the same picture gives the same bytes", async () => {
  assertEquals(await compress(picture, { quality: 50, model: "vaerans-8" }), bytes);
});

Deno.test("bytes rise with quality in each model, and do not jump where one takes over from the other", async () => {
  const infos = [];
  for (const quality of [1, 10, 20, 30, 40, 50, 51, 60, 70, 80, 81, 90, 100]) {
    infos.push(inspect(await compress(picture, { quality })));
  }
  assertEquals([...new Set(infos.map(({ model }) => model))], ["vaerans-8", "vaerans-4", "pixels"]);
  for (let i = 1; i < infos.length; i++) {
    const ratio = infos[i].bytes / infos[i - 1].bytes;
    const sameGround = ![51, 81].includes(infos[i].quality);
    // The step from model to model is level on the average photograph; this picture may differ from it.
    assertEquals(
      sameGround ? ratio > 1 : ratio > 0.6 && ratio < 1.7,
      true,
      `quality ${infos[i].quality}: ×${ratio}`,
    );
  }
});

Deno.test("inspect() tells what the file holds", () => {
  const info = inspect(bytes);
  assertEquals([info.width, info.height, info.bytes, info.quality], [200, 136, bytes.length, 50]);
  assertEquals([info.model, info.wavelet, info.levels], ["vaerans-8", "cdf53", 3]);
  assertAlmostEquals(info.bpp, 8 * bytes.length / (200 * 136), 1e-12);
  assertEquals(info.sections.reduce((sum, section) => sum + section.bytes, 0) < bytes.length, true);
});

Deno.test("the steps of both directions are reported", async () => {
  const steps: string[] = [];
  await decompress(
    await compress(picture, { quality: 15, content: "photo", onStep: ({ step }) => steps.push(step) }),
    {
      onStep: ({ step }) => steps.push(step),
    },
  );
  assertEquals(steps, [
    "OnnxVAEEncode(encode)",
    "Hadamard4(forward)",
    "Wavelet(cdf53, forward)",
    "QuantizeU8(forward)",
    "ANSEncode(encode)",
    "ANSDecode(decode)",
    "QuantizeU8(inverse)",
    "Wavelet(cdf53, inverse)",
    "Hadamard4(inverse)",
    "OnnxVAEDecodeU8(decode)",
  ]);
});

Deno.test("what is wrong with options or picture is said before a model is loaded", async () => {
  await assertRejects(() => compress(picture, { quality: 0 }), InvalidValueError, "quality 0");
  await assertRejects(() => compress(picture, { quality: NaN }), InvalidValueError);
  await assertRejects(() => compress(picture, { model: "vaerans-9" }), ModelError, "vaerans-9");
  await assertRejects(() => compress({ ...picture, width: 199 }), InvalidValueError, "199×136");
});

Deno.test("damaged, truncated and foreign files are refused", async () => {
  const codeOf = async (damaged: Uint8Array, options = {}) =>
    (await assertRejects(() => decompress(damaged, options), BitstreamError)).code;
  assertEquals(await codeOf(bytes.subarray(0, bytes.length - 1)), "file-truncated");
  const flipped = bytes.slice();
  flipped[bytes.length >> 1] ^= 4;
  assertEquals(await codeOf(flipped), "section-damaged");
  assertEquals(await codeOf(bytes, { maxPixels: 27199 }), "file-too-large");
  assertEquals(assertThrows(() => inspect(flipped), BitstreamError).code, "section-damaged");
  const { header, sections } = readContainer(bytes);
  assertEquals(await codeOf(writeContainer(header, [])), "file-truncated");
  assertEquals(
    await codeOf(writeContainer(header, [...sections, { kind: 3, payload: new Uint8Array(0) }])),
    "section-unknown",
  );
  const first = { ...sections[0], kind: sections[0].kind ^ 1 };
  assertEquals(await codeOf(writeContainer(header, [first, ...sections])), "section-mixed");
});

Deno.test("sections that are not known but optional are skipped", async () => {
  const { header, sections } = readContainer(bytes);
  const longer = writeContainer(header, [{ kind: 0xff, payload: Uint8Array.of(1) }, ...sections]);
  assertEquals((await decompress(longer)).data, (await decompress(bytes)).data);
});

Deno.test("a file of another model, or of other weights, is refused", async () => {
  const { header, sections } = readContainer(bytes);
  const codeOf = async (change: object) =>
    (await assertRejects(() => decompress(writeContainer({ ...header, ...change }, sections)), ModelError))
      .code;
  assertEquals(await codeOf({ modelFingerprint: 1 }), "model-mismatch");
  assertEquals(await codeOf({ modelId: 2 }), "model-mismatch");
  assertEquals(await codeOf({ modelId: 77 }), "model-unknown");
  assertEquals(await codeOf({ modelId: 0, modelName: "theirs" }), "model-unknown");
});

Deno.test("a model of one's own works from its folder and is named in the file", async () => {
  await withFolder(async (folder) => {
    await copyModel("vaerans-8", folder, () => ({ name: "my-own" }));
    const file = await compress(picture, { model: folder });
    assertEquals(inspect(file).model, "my-own");
    await assertRejects(() => decompress(file), ModelError, "my-own");
    assertEquals((await decompress(file, { model: folder })).width, 200);
  });
});

Deno.test("a file of at most so many bytes is never larger, and uses what it may", async () => {
  for (const limit of [250, 600, 1500]) {
    const file = await compress(picture, { bytes: limit });
    assertEquals(file.length <= limit && file.length > 0.96 * limit, true, `${file.length} of ${limit}`);
    assertEquals((await decompress(file)).width, 200);
  }
  const file = await compress(picture, { bpp: 0.3 });
  assertEquals(8 * file.length / (200 * 136) <= 0.3, true);
  assertEquals(inspect(file).quality, 0);
  const error = await assertRejects(() => compress(picture, { bytes: 20 }), InvalidValueError);
  assertEquals(error.code, "rate-unreachable");
});

Deno.test("a PSNR or MS-SSIM asked for is reached, and hardly more", async () => {
  const pool = new EncoderPool(picture, { tune: "psnr" });
  for (const target of [26, 29]) {
    const file = await compress(picture, { psnr: target }), { model, step } = inspect(file);
    const reached = psnr(picture, await decompress(file));
    assertEquals(reached >= target && reached < target + 0.3, true, `${reached} dB for ${target}`);
    // From one step to the next a small picture's PSNR may leap: then the coarser one misses it.
    const coarser = await (await pool.get(model)).encode(codeFromStep(step!) + 1, 0);
    const missed = psnr(picture, await decompress(coarser)) < target;
    assertEquals(
      reached < target + 0.06 || missed,
      true,
      `${reached} dB for ${target}, and coarser would do`,
    );
  }
  pool.close();
  const reached = msSsim(picture, await decompress(await compress(picture, { ssim: 0.9 })));
  assertEquals(reached >= 0.9 && reached < 0.91, true, `${reached}`);
  const fine = psnr(picture, await decompress(await compress(picture, { psnr: 48 })));
  assertEquals(fine >= 48 && fine < 48.3, true, `${fine} dB for 48`);
  const impossible = compress(picture, { psnr: 60, model: "vaerans-8" });
  const error = await assertRejects(() => impossible, InvalidValueError);
  assertEquals(error.code, "quality-unreachable");
});

Deno.test("only one target may be given, and the message names those that were", async () => {
  const error = await assertRejects(
    () => compress(picture, { quality: 30, lossless: true } as never),
    InvalidValueError,
  );
  assertStringIncludes(error.message, "(got quality, lossless)");
  assertEquals(
    (await assertRejects(() => compress(picture, { psnr: 30, bpp: 1 } as never), InvalidValueError)).code,
    "target-count",
  );
  assertEquals(
    (await assertRejects(() => compress(picture, { bytes: 0 }), InvalidValueError)).code,
    "target-range",
  );
});
