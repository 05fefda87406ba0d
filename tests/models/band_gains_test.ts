import { assertGreater } from "@std/assert";
import { compress, loadModel } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const CHANNELS = 4;
/** Bytes that the wrong order costs on this picture, at least, of those of the right one. */
const LEAST_EXCESS = 0.05;

for (const [name, ssim] of [["vaerans-8", 0.97], ["vaerans-4", 0.97]] as const) {
  Deno.test(`the band gains of ${name} stand in coding order: from fine to coarse they cost more bytes`, async () => {
    await withFolder(async (folder) => {
      const { manifest } = await loadModel(name), own = new URL(`../../models/${name}/`, import.meta.url);
      for (const { path } of Object.values(manifest.files)) {
        await Deno.copyFile(new URL(path, own), `${folder}/${path}`);
      }
      const gains = manifest.bandGains ?? [];
      const bands = gains.flatMap((_, i) => i % CHANNELS === 0 ? [gains.slice(i, i + CHANNELS)] : []);
      const exchanged = { ...manifest, bandGains: bands.reverse().flat() };
      await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(exchanged));
      const picture = syntheticPicture(320, 240);
      const bytes = await compress(picture, { model: name, ssim });
      const bytesExchanged = await compress(picture, { model: `${folder}/`, ssim });
      assertGreater(bytesExchanged.length, (1 + LEAST_EXCESS) * bytes.length);
    });
  });
}
