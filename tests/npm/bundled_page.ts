import { findChromium, Page } from "../eval/chromium.ts";
import { withServedFolder } from "./npm_project.ts";

const HTML = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>
  <link rel="icon" href="data:,"><script type="module" src="static/page.js"></script></head></html>`;
/** What tests of bundles do with what the recipe imports. */
export const TRIPS = `
  import { decompress, encodePicture } from "@vaerans/vaerans";

  const side = 96;
  const data = Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => i % 4 === 3 ? 255 : (i >> 4) % 256);
  const picture = { data, width: side, height: side };
  globalThis.libraryTrip = async (format) => {
    try {
      const { width, height } = await decodePicture((await encodePicture(picture, format)).bytes);
      return format + " " + width + "×" + height;
    } catch (error) {
      return error.message;
    }
  };
  globalThis.deepTrip = async (file) => (await decodePicture(Uint8Array.from(file), { keepDepth: true })).data.length;
  globalThis.vaerTrip = async () => {
    const file = await compress(picture, { quality: 30, model: "vaerans-8", tileSide: 64, workers: 2 });
    return (await decompress(file, { workers: 2 })).data.length;
  };`;
export const FORMATS = ["jpeg", "webp", "avif", "jxl"];

/** Looks at `static/page.js` of a folder in Chromium. */
export async function inPage(folder: string, work: (page: Page) => Promise<void>): Promise<void> {
  await Deno.writeTextFile(`${folder}/index.html`, HTML);
  await withServedFolder(folder, "/some/path/", async (address) => {
    const profile = await Deno.makeTempDir({ dir: folder });
    const page = await Page.open(findChromium()!, profile, address);
    try {
      await work(page);
    } finally {
      await page.close();
    }
  });
}
