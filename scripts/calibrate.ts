/**
 * Sets a model's `qualitySteps` so that each quality costs the same bits a pixel on average over a folder of photographs
 * (held-out training ones, never the test set), and writes its manifest.
 *
 *     deno run -R -W scripts/calibrate.ts models/vaerans-8 FOLDER 1:0.03,50:0.12,100:0.3
 *
 * Pairs are QUALITY:BITS_A_PIXEL. Every twelfth photograph is used: those that training holds out.
 */
import {
  ANSBitstream,
  ANSEncode,
  codeFromStep,
  decodePicture,
  decompress,
  type Entity,
  Hadamard4,
  loadModel,
  msSsim,
  OnnxVAEEncode,
  type Picture,
  psnr,
  QuantizeU8,
  type WaveletPyr,
  World,
} from "../mod.ts";
import { LatentEncoder } from "../src/codec/latent_encoder.ts";
import { stepOfQuality } from "../src/models/manifest.ts";
import { waveletSystem } from "../src/systems/wavelet.ts";

const HELD_OUT_EVERY = 12;

const [modelFolder, photoFolder, pairs] = Deno.args;
const targets = pairs.split(",").map((pair) => pair.split(":").map(Number) as [number, number]);
const model = await loadModel(`./${modelFolder}`);
const { manifest } = model;
const world = new World({ arenaBytes: 2 ** 31 });
const pictures: Picture[] = [];
const pyramids: { entity: Entity<WaveletPyr>; pixels: number }[] = [];
const photos = [...Deno.readDirSync(photoFolder)].map(({ name }) => name).filter((name) =>
  /\.jpg$/.test(name)
).sort();
for (const name of photos.filter((_, i) => i % HELD_OUT_EVERY === 0)) {
  const picture = await decodePicture(await Deno.readFile(`${photoFolder}/${name}`));
  pictures.push(picture);
  const entity = world.spawnImage(picture);
  await world.pipe(entity)
    .to(new OnnxVAEEncode(model))
    .to(new Hadamard4("forward"))
    .to(waveletSystem(manifest.wavelet, "forward", { levels: manifest.levels }))
    .run();
  pyramids.push({ entity: entity as unknown as Entity<WaveletPyr>, pixels: picture.width * picture.height });
}

async function bitsPerPixel(step: number): Promise<number> {
  let sum = 0;
  for (const { entity, pixels } of pyramids) {
    const { sections } = await world.pipe(entity)
      .to(new QuantizeU8("forward", { step, gains: manifest.bandGains }))
      .to(new ANSEncode())
      .out(ANSBitstream);
    sum += 8 * sections.reduce((bytes, section) => bytes + section.byteLength, 0) / pixels;
  }
  return sum / pyramids.length;
}

const qualitySteps: [number, number][] = [];
for (const [quality, target] of targets) {
  let [low, high] = [Math.log(1e-3), Math.log(30)];
  for (let i = 0; i < 14; i++) {
    const middle = (low + high) / 2;
    if (await bitsPerPixel(Math.exp(middle)) > target) low = middle;
    else high = middle;
  }
  const step = Number(Math.exp((low + high) / 2).toPrecision(4));
  qualitySteps.push([quality, step]);
  console.log(`quality ${quality}: step ${step}, ${target} bits a pixel`);
}
const highest = manifest.autoQuality?.[1] ?? 100;
const auto = { bpp: 0, psnr: 0, ssim: 0 };
for (const picture of pictures) {
  const folder = `./${modelFolder}`;
  const step = stepOfQuality({ ...manifest, qualitySteps }, highest);
  const encoder = await LatentEncoder.open(picture, model, {});
  const bytes = await encoder.encode(codeFromStep(step), 0);
  const shown = await decompress(bytes, { model: folder });
  auto.bpp += 8 * bytes.length / (picture.width * picture.height) / pictures.length;
  auto.psnr += psnr(picture, shown) / pictures.length;
  auto.ssim += msSsim(picture, shown) / pictures.length;
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
