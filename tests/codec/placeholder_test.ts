import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, encodePicture, placeholder, psnr } from "../../mod.ts";
import { decodePlaceholder, placeholderUrl } from "../../src/placeholder.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { bundleSizes } from "../host/module_graph.ts";

const picture = syntheticPicture(96, 64);

Deno.test("placeholder() gives at most 64 characters, the same for a picture, its PNG and its lossless .vaer file", async () => {
  const text = await placeholder(picture);
  assert(text.length <= 64 && /^[\w+/]+$/.test(text), text);
  const { bytes } = await encodePicture(picture, "png");
  assertEquals(await placeholder(bytes), text);
  assertEquals(await placeholder(await compress(picture, { lossless: true })), text);
});

Deno.test("decodePlaceholder() shows the picture's shape and colours", async () => {
  for (const [width, height] of [[96, 64], [64, 96], [400, 10], [1, 1]]) {
    const source = syntheticPicture(width, height), shown = decodePlaceholder(await placeholder(source), 96);
    assertEquals(Math.max(shown.width, shown.height), 96);
    const shorter = Math.max(1, 96 * Math.min(width, height) / Math.max(width, height));
    assertAlmostEquals(Math.min(shown.width, shown.height), shorter, 0.03 * shorter + 1);
  }
  const shown = decodePlaceholder(await placeholder(picture), 96);
  assertEquals([shown.width, shown.height], [96, 65]);
  const cropped = { ...shown, height: 64, data: shown.data.slice(0, picture.data.length) };
  assert(psnr(picture, cropped) > 18, `${psnr(picture, cropped)} dB`);
});

Deno.test("placeholderUrl() gives a BMP image of 32 pixels", async () => {
  const url = placeholderUrl(await placeholder(picture)), [prefix, text] = url.split(",");
  assertEquals(prefix, "data:image/bmp;base64");
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  assertEquals([view.getUint16(0), view.getInt32(18, true), view.getInt32(22, true)], [0x424d, 32, -22]);
});

Deno.test("placeholder() refuses a damaged file", async () => {
  const file = await compress(picture, { lossless: true });
  file[40] ^= 1;
  await assertRejects(() => placeholder(file), BitstreamError);
});

Deno.test("/placeholder, bundled for browsers, has at most 2,000 bytes before compression and no npm package", async () => {
  const { texts } = await bundleSizes(new URL("../../src/placeholder.ts", import.meta.url));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  assert(bytes <= 2000, `${bytes} bytes`);
});
