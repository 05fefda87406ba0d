import { assert, assertEquals } from "@std/assert";
import { compress, type CompressTarget, decompress, InvalidValueError, psnr } from "../../../mod.ts";
import { msSsim } from "../../../mod.ts";
import { type AnyPicture, toEightBits } from "../../../src/codec/samples.ts";
import { randomSource } from "../../random.ts";

type Kind = "noise" | "flat" | "gradient" | "alpha" | "grey" | "16-bit";
const KINDS: readonly Kind[] = ["noise", "flat", "gradient", "alpha", "grey", "16-bit"];

/** A picture of one kind; alpha has hidden pixels with colours of their own. */
function pictureOf(kind: Kind, width: number, height: number): AnyPicture {
  const next = randomSource(width + 7 * height), length = 4 * width * height;
  const data = kind === "16-bit" ? new Uint16Array(length) : new Uint8ClampedArray(length);
  const most = kind === "16-bit" ? 65535 : 255;
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    for (let channel = 0; channel < 3; channel++) {
      const level = kind === "noise"
        ? next()
        : kind === "flat"
        ? 0.4 + 0.2 * channel
        : kind === "grey"
        ? (x + y) / (width + height) * 0.8 + 0.1 * Math.sin(x * y)
        : (x / width + y / height * (channel + 1)) / 4 + 0.1 * next();
      data[4 * i + channel] = Math.max(0, level) * most;
    }
    data[4 * i + 3] = kind === "alpha" ? Math.max(0, 255 * Math.sin((x + 2 * y) / 5)) : most;
  }
  return { data, width, height };
}

/** PSNR at the source's depth over pixels that can be seen. */
function visiblePsnr(source: AnyPicture, decoded: AnyPicture): number {
  const { data, width, height } = source, most = data instanceof Uint16Array ? 65535 : 255;
  const scale = most / (decoded.data instanceof Uint16Array ? 65535 : 255);
  let sum = 0, count = 0;
  for (let i = 0; i < 4 * width * height; i += 4) {
    if (data[i + 3] === 0) continue;
    for (let channel = 0; channel < 3; channel++, count++) {
      sum += (data[i + channel] - scale * decoded.data[i + channel]) ** 2;
    }
  }
  return sum === 0 ? Infinity : 10 * Math.log10(most * most * count / sum);
}

/** Compresses for each target and checks what holds for all of them; returns sizes and PSNR, `undefined` if out of reach. */
async function sweep(
  picture: AnyPicture,
  targets: readonly CompressTarget[],
  label: string,
): Promise<({ readonly bytes: number; readonly decibels: number } | undefined)[]> {
  const lossless = await compress(picture, { lossless: true });
  const results = [];
  for (const target of targets) {
    const told = `${label} ${JSON.stringify(target)}`;
    const file = await compress(picture, target).catch((error) => {
      assert(error instanceof InvalidValueError && error.code === "rate-unreachable", `${told}: ${error}`);
      assert((target.bytes ?? target.bpp! * picture.width * picture.height / 8) < lossless.length, told);
      return undefined;
    });
    if (!file) {
      results.push(undefined);
      continue;
    }
    assert(file.length <= lossless.length, `${told}: ${file.length} bytes, lossless has ${lossless.length}`);
    const decoded = await decompress(file, { keepDepth: true });
    assertEquals([decoded.width, decoded.height], [picture.width, picture.height], told);
    const decibels = visiblePsnr(picture, decoded);
    if (target.bytes !== undefined) assert(file.length <= target.bytes, `${told}: ${file.length}`);
    if (target.bpp !== undefined) {
      const bpp = 8 * file.length / (picture.width * picture.height);
      assert(bpp <= target.bpp, `${told}: ${bpp}`);
    }
    if (target.psnr !== undefined) assert(decibels >= target.psnr - 1e-6, `${told}: ${decibels}`);
    if (target.ssim !== undefined && !hasHidden(picture)) {
      const score = msSsim(toEightBits(picture), toEightBits(decoded));
      assert(score >= target.ssim - 1e-6, `${told}: ${score}`);
    }
    const rate = target.bytes ?? (target.bpp ?? 0) * picture.width * picture.height / 8;
    if (rate >= lossless.length) assertEquals(file, lossless, told);
    results.push({ bytes: file.length, decibels });
  }
  return results;
}

function hasHidden({ data }: AnyPicture): boolean {
  return data.some((sample, i) => i % 4 === 3 && sample === 0);
}

/** From 20 bytes to ten times the raw size. */
function byteTargets(picture: AnyPicture, count: number): number[] {
  const most = 10 * picture.data.byteLength;
  return Array.from({ length: count }, (_, i) => Math.round(20 * (most / 20) ** (i / (count - 1))));
}

const SMALL: readonly (readonly [number, number])[] = [[1, 1], [2, 1], [7, 5], [64, 64]];

for (const kind of KINDS) {
  Deno.test(`compress() keeps each target of bytes and bpp within the lossless size, ${kind}`, async () => {
    for (const [width, height] of SMALL) {
      const picture = pictureOf(kind, width, height), label = `${kind} ${width}×${height}`;
      const bytes = byteTargets(picture, 9).map((bytes) => ({ bytes }));
      const results = await sweep(picture, bytes, label);
      const made = results.filter((result) => result !== undefined);
      for (const [i, { decibels }] of made.slice(1).entries()) {
        const before = made[i].decibels;
        assert(decibels >= before - 1, `${label}: ${before} dB and then ${decibels} dB with more bytes`);
      }
      assertEquals(made.at(-1)!.decibels, Infinity, label);
      await sweep(picture, [0.5, 12, 1000].map((bpp) => ({ bpp })), label);
      await sweep(picture, [{ bytes: 2 ** 31 }], label);
    }
  });

  Deno.test(`compress() reaches each psnr, ssim and quality within the lossless size, ${kind}`, async () => {
    for (const [width, height] of SMALL) {
      const picture = pictureOf(kind, width, height), label = `${kind} ${width}×${height}`;
      await sweep(picture, [10, 40, 57, 80, 200].map((psnr) => ({ psnr })), label);
      await sweep(picture, [0.5, 0.99, 0.9999, 1].map((ssim) => ({ ssim })), label);
      await sweep(picture, [1, 50, 90, 100].map((quality) => ({ quality })), label);
    }
  });
}

Deno.test("compress() keeps high targets of a picture of 384×256 without a search beyond the lossless file", async () => {
  for (const kind of ["noise", "gradient"] as const) {
    const picture = pictureOf(kind, 384, 256);
    const targets: CompressTarget[] = [{ bpp: 100 }, { psnr: 80 }, { quality: 100 }];
    const results = await sweep(picture, targets, `${kind} 384×256`);
    assertEquals(results[0]!.decibels, Infinity);
  }
});

Deno.test("compress() gives no quality more bytes than the lossless file has, where colours of few repeat beside a flat area", async () => {
  const next = randomSource(7), width = 192, height = 128, data = new Uint8ClampedArray(4 * width * height);
  const palette = Array.from({ length: 16 }, () => [255 * next(), 255 * next(), 255 * next()]);
  for (let i = 0; i < width * height; i++) {
    data.set(i % width < 58 ? [240, 240, 230] : palette[Math.floor(16 * next())], 4 * i);
    data[4 * i + 3] = 255;
  }
  const picture = { data, width, height }, { length } = await compress(picture, { lossless: true });
  for (const quality of [80, 85, 90]) {
    const lossy = await compress(picture, { quality });
    assert(lossy.length <= length, `quality ${quality}: ${lossy.length} bytes, without loss ${length}`);
  }
});

Deno.test("compress() with a net reaches its finest step and no damaged picture where bytes abound", async () => {
  const picture = pictureOf("gradient", 64, 64);
  for (const model of ["vaerans-4", "vaerans-8"]) {
    const [few, many, most] = await Promise.all(
      [3000, 50_000, 2 ** 31].map(async (bytes) =>
        psnr(picture, await decompress(await compress(picture, { bytes, model })))
      ),
    );
    assert(many >= few - 0.5 && most === many, `${model}: ${few}, ${many}, ${most} dB`);
  }
});
