import { assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, decompressStream, psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(160, 120);

function chunked(bytes: Uint8Array, size: number, onCancel = () => {}): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(offset, offset += size));
    },
    cancel: onCancel,
  });
}

for (const groupSide of [0, 64]) {
  Deno.test(`a stream yields pictures that improve, with groups of ${groupSide}`, async () => {
    const bytes = await compress(picture, { model: "pixels", quality: 80, groupSide });
    const scores: number[] = [];
    let complete = false;
    for await (const shown of decompressStream(chunked(bytes, 100))) {
      assertEquals([shown.width, shown.height], [160, 120]);
      scores.push(psnr(picture, shown));
      complete = shown.complete;
      if (complete) assertEquals(shown.data, (await decompress(bytes)).data);
    }
    assertEquals(complete && scores.length >= 3, true, `${scores}`);
    assertEquals(scores.every((score, i) => i === 0 || score >= scores[i - 1]), true, `${scores}`);
  });
}

Deno.test("a stream that breaks off is an error after its previews, and damage one at once", async () => {
  const bytes = await compress(picture, { model: "pixels" });
  let previews = 0;
  const error = await assertRejects(async () => {
    for await (const { complete } of decompressStream(chunked(bytes.subarray(0, -3), 500))) {
      assertEquals(complete, false);
      previews++;
    }
  }, BitstreamError);
  assertEquals([error.code, previews > 0], ["file-truncated", true]);
  await assertRejects(async () => {
    for await (const _ of decompressStream(chunked(new Uint8Array(50), 9)));
  }, BitstreamError);
});

Deno.test("a stream is cancelled when nobody listens any more", async () => {
  const bytes = await compress(picture, { model: "pixels" });
  let cancelled = false;
  for await (const _ of decompressStream(chunked(bytes, 50, () => cancelled = true))) break;
  assertEquals(cancelled, true);
});
