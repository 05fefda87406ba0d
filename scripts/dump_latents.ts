/**
 * Writes the latents of photographs, quantised as the encoder does by default, for `train_prior.ts`: NAME.bin (i32
 * little-endian, coding order) and NAME.json, in one folder a quality. Each photograph comes three times, as it is, at half
 * its size and so mirrored: a prior learns from many pictures, and half-sized ones are as rich in detail as the small
 * pictures that a prior is for. If the model has a prior, the quantiser counts with its costs, though it be that of earlier
 * weights. Photographs that training holds out are left out here too.
 *
 *     deno run -R -W scripts/dump_latents.ts models/vaerans-8 PHOTOS OUT 5,20,35,50
 */
import { decodePicture, type Picture } from "../mod.ts";
import type { Entity } from "../src/core/mod.ts";
import { QuantizeU8 } from "../src/systems/mod.ts";
import { loadModel } from "../src/models/mod.ts";
import { QuantizedPyr, WaveletPyr } from "../src/components/mod.ts";
import { priorOf } from "../src/codec/streams/prior.ts";
import { trellisQuantiser } from "../src/codec/streams/latent_encoding.ts";
import { DEFAULT_EFFORT } from "../src/entropy/mod.ts";
import { stepOfQuality } from "../src/models/manifest.ts";
import { openLatent } from "./latents.ts";
import { photosOf } from "./photos.ts";
import { RandomNumbers } from "./random.ts";

/** Each picture's qualities lie so far, at most, from those asked for. */
const QUALITY_SPREAD = 12;

const [modelFolder, photoFolder, out, qualities] = Deno.args;
const numbers = new RandomNumbers(1), random = () => numbers.share();
const model = await loadModel(`./${modelFolder}`);
const { manifest } = model;
const prior = await priorOf(model);
for (const name of photosOf(photoFolder, false)) {
  const stem = name.replace(/\.jpg$/, "");
  const photo = await decodePicture(await Deno.readFile(`${photoFolder}/${name}`));
  await dump(photo, stem);
  await dump(halved(photo, false), `${stem}-half`);
  await dump(halved(photo, true), `${stem}-half-mirrored`);
}

async function dump(picture: Picture, stem: string): Promise<void> {
  const { world, entity } = await openLatent(model, picture);
  for (const quality of qualities.split(",").map(Number)) {
    // Steps in between are as likely in use.
    const step = stepOfQuality(manifest, Math.max(1, quality + QUALITY_SPREAD * (2 * random() - 1)));
    const whole = world.get(entity, WaveletPyr).layout;
    const choice = { effort: DEFAULT_EFFORT, ...(prior && { prior }) };
    const options = trellisQuantiser(manifest, whole, manifest.bandGains, step, choice);
    const quantiser = new QuantizeU8("forward", options);
    await quantiser.run(world, [entity]);
    const { coefficients: ref, layout } = world.get(entity as Entity, QuantizedPyr);
    const coefficients = world.host.view(ref).slice();
    const folder = `${out}/q${quality}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(`${folder}/${stem}.bin`, new Uint8Array(coefficients.buffer as ArrayBuffer));
    const { levels, channels, width, height } = layout;
    await Deno.writeTextFile(
      `${folder}/${stem}.json`,
      JSON.stringify({ levels, channels, width, height }),
    );
  }
}

/** Half the size, each sample the mean of four. */
function halved(picture: Picture, mirrored: boolean): Picture {
  const width = picture.width >> 1, height = picture.height >> 1;
  const data = new Uint8ClampedArray(4 * width * height), below = 4 * picture.width;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 2 * y * below + 8 * (mirrored ? width - 1 - x : x);
      for (let c = from; c < from + 4; c++) {
        data[to++] =
          (picture.data[c] + picture.data[c + 4] + picture.data[c + below] + picture.data[c + below + 4]) / 4;
      }
    }
  }
  return { data, width, height };
}
