import { assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, inspect, psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { isStreamKind, readContainer } from "../../src/format/mod.ts";

const picture = syntheticPicture(320, 240);

for (const model of ["vaerans-8", "vaerans-4", "pixels"]) {
  Deno.test(`every prefix of a ${model} file that holds the first section decodes, better the longer it is`, async () => {
    const bytes = await compress(picture, { quality: 70, model });
    const { headerByteLength, sections } = readContainer(bytes);
    assertEquals(sections.length > 1, true);
    let end = headerByteLength, last = 0;
    for (const { kind, payload } of sections) {
      end += 1 + (payload.length < 128 ? 1 : payload.length < 16384 ? 2 : 3) + payload.length + 4;
      if (!isStreamKind(kind)) continue;
      const whole = await decompress(bytes.subarray(0, end), { partial: true });
      const cut = bytes.subarray(0, end - 1);
      assertEquals([whole.width, whole.height], [320, 240]);
      const reached = psnr(picture, whole);
      assertEquals(reached > last, true, `${reached} dB after ${last}`);
      const isFirst = last === 0;
      if (isFirst) {
        assertEquals(
          (await assertRejects(() => decompress(cut, { partial: true }), BitstreamError)).code,
          "file-truncated",
        );
      } else {
        assertEquals(psnr(picture, await decompress(cut, { partial: true })), last);
      }
      await assertRejects(() => decompress(cut), BitstreamError);
      assertEquals(inspect(cut, { partial: true }).width, 320);
      last = reached;
    }
    assertEquals(end, bytes.length);
  });
}

Deno.test("a damaged section is refused also in a partial file", async () => {
  const bytes = (await compress(picture)).slice();
  bytes[60] ^= 1;
  assertEquals(
    (await assertRejects(() => decompress(bytes, { partial: true }), BitstreamError)).code,
    "section-damaged",
  );
});
