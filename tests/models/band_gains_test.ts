import { assertGreater } from "@std/assert";
import { compress } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { copyModel } from "../model_copy.ts";
import { withFolder } from "../with_folder.ts";

const CHANNELS = 4;
/** Bytes that the wrong order costs on this picture, at least, of those of the right one. */
const LEAST_EXCESS = 0.05;

for (const name of ["vaerans-8", "vaerans-4"]) {
  Deno.test(`the band gains of ${name} stand in coding order: from fine to coarse they cost more bytes`, async () => {
    await withFolder(async (folder) => {
      await copyModel(name, folder, ({ bandGains = [] }) => {
        const bands = Array.from(
          { length: bandGains.length / CHANNELS },
          (_, band) => bandGains.slice(band * CHANNELS, (band + 1) * CHANNELS),
        );
        return { bandGains: bands.reverse().flat() };
      });
      const picture = syntheticPicture(320, 240), ssim = 0.97;
      const bytes = await compress(picture, { model: name, ssim });
      const bytesExchanged = await compress(picture, { model: `${folder}/`, ssim });
      assertGreater(bytesExchanged.length, (1 + LEAST_EXCESS) * bytes.length);
    });
  });
}
