/**
 * Writes the latents of photographs, quantised as the encoder does by default, for `train_prior.ts`: NAME.bin (i32
 * little-endian, coding order) and NAME.json, in one folder a quality. Photographs that training holds out are left out
 * here too.
 *
 *     deno run -R -W scripts/dump_latents.ts models/vaerans-8 PHOTOS OUT 5,20,35,50
 */
import { decodePicture, Hadamard4, loadModel, OnnxVAEEncode, QuantizeU8, SymbolsU8, World } from "../mod.ts";
import { coefficientsFromSymbols, DEFAULT_EFFORT } from "../src/entropy/mod.ts";
import { stepOfQuality } from "../src/models/manifest.ts";
import { waveletSystem } from "../src/systems/wavelet.ts";

const HELD_OUT_EVERY = 12;

const [modelFolder, photoFolder, out, qualities] = Deno.args;
const model = await loadModel(`./${modelFolder}`);
const { manifest } = model;
const photos = [...Deno.readDirSync(photoFolder)].map(({ name }) => name).filter((name) =>
  /\.jpg$/.test(name)
).sort();
for (const name of photos.filter((_, i) => i % HELD_OUT_EVERY !== 0)) {
  const world = new World();
  const entity = world.spawnImage(await decodePicture(await Deno.readFile(`${photoFolder}/${name}`)));
  const pyramid = world.pipe(entity)
    .to(new OnnxVAEEncode(model))
    .to(new Hadamard4("forward"))
    .to(waveletSystem(manifest.wavelet, "forward", { levels: manifest.levels }));
  await pyramid.run();
  for (const quality of qualities.split(",").map(Number)) {
    const step = stepOfQuality(manifest, quality);
    const quantiser = new QuantizeU8("forward", {
      step,
      gains: manifest.bandGains,
      optimise: { effort: DEFAULT_EFFORT },
    });
    await quantiser.run(world, [entity]);
    const { symbols, escapes, layout } = world.get(entity, SymbolsU8);
    const coefficients = coefficientsFromSymbols(world.host.view(symbols), world.host.view(escapes));
    const folder = `${out}/q${quality}`, stem = name.replace(/\.jpg$/, "");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(`${folder}/${stem}.bin`, new Uint8Array(coefficients.buffer as ArrayBuffer));
    const { levels, channels, width, height } = layout;
    await Deno.writeTextFile(`${folder}/${stem}.json`, JSON.stringify({ levels, channels, width, height }));
  }
}
