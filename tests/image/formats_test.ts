import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodePicture, encodePicture, type Picture } from "../../mod.ts";
import { formatOfBytes, FORMATS, READABLE_FORMATS, WRITABLE_FORMATS } from "../../src/image/formats/mod.ts";
import { formatOfExtension, ImageError, readPictureSize, sniffFormat } from "../../src/image/mod.ts";
import { gradient, largestDifference, noise } from "./synthetic.ts";

/** Without alpha where the format has none. */
function pictureFor(hasAlpha: boolean): Picture {
  const picture = noise(37, 21), data = picture.data.slice();
  if (!hasAlpha) { for (let i = 3; i < data.length; i += 4) data[i] = 255; }
  return { ...picture, data };
}

Deno.test("picture formats have different names, labels and extensions", () => {
  const ids = FORMATS.map(({ id }) => id), labels = FORMATS.map(({ label }) => label);
  const extensions = FORMATS.flatMap(({ extensions }) => extensions as readonly string[]);
  for (const names of [ids, labels, extensions]) assertEquals(new Set(names).size, names.length);
  for (const extension of extensions) assertEquals(extension, extension.toLowerCase());
});

for (const { id, extensions, write } of WRITABLE_FORMATS) {
  Deno.test(`${id}: formatOfExtension() knows its extensions, whatever their case`, () => {
    for (const extension of extensions) {
      assertEquals(formatOfExtension(`folder.x/a.b.${extension}`), id);
      assertEquals(formatOfExtension(`a.${extension.toUpperCase()}`), id);
    }
  });

  Deno.test(`${id}: encodePicture() takes the options that the descriptor names, and refuses the others`, async () => {
    const picture = gradient(9, 5);
    for (
      const [options, isTaken] of [[{ quality: 80 }, write.hasLossyMode], [
        { lossless: true },
        write.hasLosslessMode,
      ]] as const
    ) {
      if (isTaken) assert((await encodePicture(picture, id, options)).bytes.length > 0);
      else await assertRejects(() => encodePicture(picture, id, options), ImageError);
    }
  });
}

for (const { id, write } of READABLE_FORMATS) {
  if (!write) continue;

  Deno.test(`${id}: decodePicture() reads what encodePicture() writes, and no other format claims the file`, async () => {
    const source = write.hasLosslessMode ? pictureFor(write.hasAlpha) : gradient(37, 21);
    const { bytes, warnings } = await encodePicture(
      source,
      id,
      write.hasLosslessMode ? { lossless: true } : {},
    );
    assertEquals([sniffFormat(bytes), warnings], [id, []]);
    assertEquals(READABLE_FORMATS.filter(({ read }) => read.matches(bytes)).map((format) => format.id), [id]);
    assertEquals(formatOfBytes(bytes.subarray(0, 64))?.id, id);
    const { format, width, height } = await readPictureSize(bytes);
    assertEquals([format, width, height], [id, source.width, source.height]);
    const read = await decodePicture(bytes);
    assertEquals([read.width, read.height], [source.width, source.height]);
    // The library that reads JPEG XL computes with floats, whatever the file holds.
    assert(largestDifference(read, source) <= (write.hasLosslessMode ? 1 : 16));
  });

  Deno.test(`${id}: every beginning of a file gives a picture or an ImageError`, async () => {
    const { bytes } = await encodePicture(gradient(5, 3), id);
    for (let length = 0; length < bytes.length; length += Math.max(1, bytes.length >> 5)) {
      await decodePicture(bytes.slice(0, length)).catch((error) =>
        assert(error instanceof ImageError, `${error}`)
      );
    }
  });
}
