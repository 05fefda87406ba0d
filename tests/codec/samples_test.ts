import { assertEquals } from "@std/assert";
import { compress, type CompressOptions, placeholder } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const SETTINGS: readonly CompressOptions[] = [
  { quality: 50, model: "pixels" },
  { lossless: true },
  { lossless: true, workers: 2, tileSide: 64 },
];

for (const options of SETTINGS) {
  Deno.test(`compress takes the samples as they were when it was called: ${JSON.stringify(options)}`, async () => {
    const expected = await compress(syntheticPicture(200, 130), options);
    const picture = syntheticPicture(200, 130);
    const file = compress(picture, options);
    picture.data.fill(0);
    assertEquals(await file, expected);
  });
}

Deno.test("compress takes 16-bit samples and metadata as they were when it was called", async () => {
  const fresh = () => ({
    data: Uint16Array.from({ length: 4 * 20 * 20 }, (_, i) => (i * 977) % 65536),
    width: 20,
    height: 20,
    metadata: { exif: Uint8Array.of(1, 2, 3) },
  });
  const picture = fresh(), file = compress(picture, { lossless: true });
  picture.data.fill(0);
  picture.metadata.exif.fill(0);
  assertEquals(await file, await compress(fresh(), { lossless: true }));
});

Deno.test("placeholder takes the samples as they were when it was called", async () => {
  const picture = syntheticPicture(60, 40), text = placeholder(picture);
  picture.data.fill(0);
  assertEquals(await text, await placeholder(syntheticPicture(60, 40)));
});
