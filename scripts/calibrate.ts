/**
 * Sets a model's `qualitySteps` so that each quality costs the same bits a pixel on average over a folder of photographs
 * (held-out training ones, never the test set), and writes its manifest.
 *
 *     deno run -R -W scripts/calibrate.ts models/vaerans-8 FOLDER 1:0.03,50:0.12,100:0.3
 *
 * Pairs are QUALITY:BITS_A_PIXEL. Every twelfth photograph is used: those that training holds out.
 */
import { decodePicture, decompress, msSsim, type Picture, psnr } from "../mod.ts";
import { clampedCodeFromStep, codeFromStep } from "../src/components/mod.ts";
import { loadModel } from "../src/models/mod.ts";
import { planEncoding } from "../src/codec/plan/encoding_plan.ts";
import { TILE_JOBS } from "../src/codec/streams/tile_jobs.ts";
import { LocalEngine } from "../src/codec/run/local_engine.ts";
import { PictureEncoder } from "../src/codec/picture_encoder.ts";
import { Progress } from "../src/codec/progress.ts";
import { stepOfQuality } from "../src/models/manifest.ts";
import { photosOf } from "./photos.ts";

const [modelFolder, photoFolder, pairs] = Deno.args;
const targets = pairs.split(",").map((pair) => pair.split(":").map(Number) as [number, number]);
const model = await loadModel(`./${modelFolder}`);
const { manifest } = model;
const encoders: { encoder: PictureEncoder; picture: Picture; pixels: number }[] = [];
for (const name of photosOf(photoFolder, true)) {
  const picture = await decodePicture(await Deno.readFile(`${photoFolder}/${name}`));
  const plan = await planEncoding(picture, `./${modelFolder}`, undefined, {});
  const encoder = new PictureEncoder(picture, plan, new LocalEngine(TILE_JOBS), new Progress({}));
  encoders.push({ encoder, picture, pixels: picture.width * picture.height });
}

/** Mean over the pictures of what the whole file of a step costs, by the encoder's default effort. */
async function bitsPerPixel(step: number): Promise<number> {
  let sum = 0;
  for (const { encoder, pixels } of encoders) {
    sum += 8 * (await encoder.encode(clampedCodeFromStep(step), 0)).length / pixels;
  }
  return sum / encoders.length;
}

const PROBES = 5;
const qualitySteps: [number, number][] = [];
let guess = stepOfQuality(manifest, targets[0][0]);
for (const [quality, target] of targets) {
  // Bits fall about as a power of the step: Newton's method on the logarithms, the exponent learned on the way.
  let exponent = -0.7, last: { step: number; bits: number } | undefined;
  for (let i = 0; i < PROBES; i++) {
    const bits = await bitsPerPixel(guess);
    if (last && Math.abs(Math.log(guess / last.step)) > 0.02) {
      exponent = Math.min(-0.2, Math.log(bits / last.bits) / Math.log(guess / last.step));
    }
    last = { step: guess, bits };
    if (Math.abs(bits / target - 1) < 0.01) break;
    guess *= (target / bits) ** (1 / exponent);
  }
  const step = Number(guess.toPrecision(4));
  qualitySteps.push([quality, step]);
  console.log(`quality ${quality}: step ${step}, ${last!.bits.toFixed(4)} for ${target} bits a pixel`);
}
const highest = manifest.autoQuality?.[1] ?? 100;
const auto = { bpp: 0, psnr: 0, ssim: 0 };
for (const { encoder, picture, pixels } of encoders) {
  const folder = `./${modelFolder}`;
  const step = stepOfQuality({ ...manifest, qualitySteps }, highest);
  const bytes = await encoder.encode(codeFromStep(step), 0);
  const shown = await decompress(bytes, { model: folder });
  auto.bpp += 8 * bytes.length / pixels / encoders.length;
  auto.psnr += psnr(picture, shown) / encoders.length;
  auto.ssim += msSsim(picture, shown) / encoders.length;
}
const autoLimits = Object.fromEntries(
  Object.entries(auto).map(([name, value]) => [name, Number(value.toPrecision(4))]),
);
console.log(`quality ${highest} on average:`, autoLimits);
const path = `${modelFolder}/manifest.json`;
await Deno.writeTextFile(
  path,
  JSON.stringify({ ...JSON.parse(await Deno.readTextFile(path)), qualitySteps, autoLimits }, null, 2) + "\n",
);
