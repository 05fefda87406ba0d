/**
 * Fits the colours of a model's previews: the linear map from the four planes of a rotated latent, and 1, to the mean colour of
 * the pixels that they stand for, by least squares over photographs. Writes it into the manifest as `preview`.
 *
 *     deno run -R -W scripts/fit_preview.ts models/vaerans-8 PHOTOS
 *
 * Photographs that training holds out are left out.
 */
import { decodePicture, World } from "../mod.ts";
import { YUVW4 } from "../src/components/mod.ts";
import type { Entity } from "../src/core/mod.ts";
import { loadModel } from "../src/models/mod.ts";
import { Hadamard4, OnnxVAEEncode } from "../src/systems/mod.ts";

const HELD_OUT_EVERY = 12;
/** One of so many photographs is used. */
const USED_EVERY = 8;
/** Planes and the constant. */
const INPUTS = 5;
const CHANNELS = 3;

const [modelFolder, photoFolder] = Deno.args;
const model = await loadModel(`./${modelFolder}`), side = model.manifest.downsampling;
const products = Array.from({ length: INPUTS }, () => new Float64Array(INPUTS));
const targets = Array.from({ length: INPUTS }, () => new Float64Array(CHANNELS));
const names = [...Deno.readDirSync(photoFolder)].map(({ name }) => name).filter((name) => /\.jpg$/.test(name))
  .sort();
for (const name of names.filter((_, i) => i % HELD_OUT_EVERY !== 0 && i % USED_EVERY === 1)) {
  const picture = await decodePicture(await Deno.readFile(`${photoFolder}/${name}`));
  const world = new World(), entity = world.spawnImage(picture);
  await world.pipe(entity).to(new OnnxVAEEncode(model)).to(new Hadamard4("forward")).run();
  const { values: ref } = world.get(entity as Entity, YUVW4), [planes, height, width] = ref.shape;
  const latent = await world.read(ref) as Float32Array, count = width * height;
  for (let y = 0; y < Math.floor(picture.height / side); y++) {
    for (let x = 0; x < Math.floor(picture.width / side); x++) {
      const place = y * width + x;
      const inputs = [...Array.from({ length: planes }, (_, plane) => latent[plane * count + place]), 1];
      include(inputs, meanColour(picture, x * side, y * side));
    }
  }
}
const path = `${modelFolder}/manifest.json`, text = await Deno.readTextFile(path);
const weights = Array.from({ length: CHANNELS }, (_, channel) => solved(channel)).flat()
  .map((weight) => Number(weight.toPrecision(4)));
const line = `  "preview": ${JSON.stringify(weights).replaceAll(",", ", ")},\n`;
await Deno.writeTextFile(
  path,
  text.replace(/^ {2}"preview": .*\n/m, "").replace(/^ {2}"kiloMacsPerPixel"/m, `${line}$&`),
);
console.log(line);

/** Mean of the pixels at a place of the latent, 0 to 255. */
function meanColour(
  { data, width }: { data: ArrayLike<number>; width: number },
  left: number,
  top: number,
): number[] {
  const sums = [0, 0, 0];
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        sums[channel] += data[4 * (y * width + x) + channel];
      }
    }
  }
  return sums.map((sum) => sum / (side * side));
}

function include(inputs: readonly number[], colour: readonly number[]): void {
  for (let i = 0; i < INPUTS; i++) {
    for (let j = 0; j < INPUTS; j++) products[i][j] += inputs[i] * inputs[j];
    for (let channel = 0; channel < CHANNELS; channel++) targets[i][channel] += inputs[i] * colour[channel];
  }
}

/** The weights of one channel, by elimination. */
function solved(channel: number): number[] {
  const rows = products.map((row, i) => [...row, targets[i][channel]]);
  for (let i = 0; i < INPUTS; i++) {
    for (let k = 0; k < INPUTS; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= INPUTS; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return rows.map((row, i) => row[INPUTS] / row[i]);
}
