import { assertEquals, assertRejects } from "@std/assert";
import {
  BitstreamError,
  compress,
  decodePicture,
  decompress,
  encodePicture,
  inspect,
  InvalidValueError,
} from "../../../mod.ts";
import { encodePng } from "../../../src/image/mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { readContainer, writeContainer } from "../../../src/format/mod.ts";
import { profileOf } from "../../image/synthetic.ts";

const picture = syntheticPicture(40, 30);
const metadata = {
  icc: profileOf("RGB ", 600),
  exif: Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0),
  xmp: new TextEncoder().encode("<x:xmpmeta/>"),
};

Deno.test("profile, EXIF, XMP and the user's own go through a file", async () => {
  const all = { ...metadata, user: { title: "hills", tags: [1, null] } };
  const bytes = await compress(picture, { nearLossless: 5, metadata: all });
  assertEquals((await decompress(bytes)).metadata, all);
  const kinds = inspect(bytes).sections.map(({ kind }) => kind);
  assertEquals([kinds[0], ...kinds.slice(-3)], ["icc", "exif", "xmp", "user"]);
  assertEquals(bytes.length < (await compress(picture, { nearLossless: 5 })).length + 350, true);
});

Deno.test("a picture's own metadata are kept unless stripped, and cost nothing when absent", async () => {
  const plain = await compress(picture, { nearLossless: 5 });
  const kept = await compress({ ...picture, metadata }, { nearLossless: 5 });
  assertEquals((await decompress(kept)).metadata, metadata);
  assertEquals(await compress({ ...picture, metadata }, { nearLossless: 5, metadata: false }), plain);
  assertEquals((await decompress(plain)).metadata, undefined);
});

Deno.test("a PNG's metadata survive the way through a file into another PNG", async () => {
  const source = await decodePicture(await encodePng({ ...picture, metadata }));
  const decoded = await decompress(await compress(source, { lossless: true }));
  const back = await decodePicture(await encodePng(decoded));
  assertEquals(back.metadata, metadata);
  assertEquals(back.data, picture.data);
});

Deno.test("the profile comes with a region of a picture in tiles", async () => {
  const bytes = await compress({ ...syntheticPicture(200, 100), metadata }, {
    nearLossless: 5,
    tileSide: 64,
  });
  const region = await decompress(bytes, { region: { x: 0, y: 0, width: 9, height: 9 } });
  assertEquals(region.metadata, { icc: metadata.icc });
});

Deno.test("damaged and overlong metadata are refused", async () => {
  const bytes = await compress(picture, { nearLossless: 5, metadata });
  const { header, sections } = readContainer(bytes);
  const wrong = sections.map((section) =>
    section.kind === 0x91 ? { ...section, payload: Uint8Array.of(255, 255, 1) } : section
  );
  const error = await assertRejects(() => decompress(writeContainer(header, wrong)), BitstreamError, "icc");
  assertEquals(error.code, "metadata-damaged");
  const large = { exif: new Uint8Array(2 ** 24 + 1) };
  assertEquals(
    (await assertRejects(() => compress(picture, { metadata: large }), InvalidValueError)).code,
    "metadata-size",
  );
});

Deno.test("compress() refuses an ICC profile that is none or not whole; encodePicture() leaves it out and says so", async () => {
  const whole = profileOf("RGB ", 300), unsigned = whole.slice();
  unsigned.fill(0, 36, 40);
  const padded = new Uint8Array(304);
  padded.set(whole);
  for (const icc of [new Uint8Array(3), new Uint8Array(0), whole.subarray(0, 299), unsigned]) {
    const given = { ...picture, metadata: { icc } };
    for (const call of [() => compress(given), () => compress(picture, { metadata: { icc } })]) {
      const error = await assertRejects(call, InvalidValueError, "it must be a whole ICC profile");
      assertEquals(error.code, "metadata-icc");
    }
    for (const format of ["png", "jpeg"] as const) {
      const { bytes, warnings } = await encodePicture(given, format);
      assertEquals(
        warnings.filter((text) => /^the ICC profile is \w+ .* left out$/.test(text)).length,
        1,
        format,
      );
      assertEquals((await decodePicture(bytes)).metadata?.icc, undefined);
    }
  }
  for (const icc of [whole, padded]) {
    const { metadata } = await decompress(await compress(picture, { lossless: true, metadata: { icc } }));
    assertEquals(metadata?.icc, icc);
  }
});
