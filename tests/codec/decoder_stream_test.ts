import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BitstreamError,
  compress,
  decompress,
  InvalidValueError,
  type StreamedPicture,
  VaerDecoderStream,
} from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(160, 120);
const file = await compress(picture, { model: "pixels" });

/** A source of chunks; `stalls` keeps it open after the last one. */
function source(
  bytes: Uint8Array,
  chunkBytes: number,
  { stalls = false, onCancel = () => {} }: { readonly stalls?: boolean; readonly onCancel?: () => void } = {},
): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset < bytes.length) return controller.enqueue(bytes.subarray(offset, offset += chunkBytes));
      if (stalls) return new Promise<void>(() => {});
      controller.close();
    },
    cancel: onCancel,
  });
}

Deno.test("VaerDecoderStream gives previews and then the complete picture, for chunks of any size", async () => {
  const { data } = await decompress(file);
  for (const chunkBytes of [100, 999, file.length]) {
    const pictures: StreamedPicture[] = [];
    for await (const picture of source(file, chunkBytes).pipeThrough(new VaerDecoderStream())) {
      pictures.push(picture);
    }
    const last = pictures.pop()!;
    assertEquals([last.complete, last.data], [true, data]);
    assert(pictures.every(({ complete, width, height }) => !complete && width === 160 && height === 120));
    if (chunkBytes === 100) assert(pictures.length > 0);
  }
});

Deno.test("VaerDecoderStream fails with the decoder's error and cancels the source of a damaged file", async () => {
  const damaged = file.slice();
  damaged[20] ^= 1;
  let cancelled = false;
  const decoded = source(damaged, 50, { stalls: true, onCancel: () => cancelled = true })
    .pipeThrough(new VaerDecoderStream());
  await assertRejects(async () => await Array.fromAsync(decoded), BitstreamError);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(cancelled, true);

  const cut = source(file.subarray(0, -3), 500).pipeThrough(new VaerDecoderStream());
  const error = await assertRejects(async () => await Array.fromAsync(cut), BitstreamError);
  assertEquals(error.code, "file-truncated");
});

Deno.test("VaerDecoderStream fails with the source's error", async () => {
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new RangeError("the line is dead")),
  });
  await assertRejects(
    async () => await Array.fromAsync(broken.pipeThrough(new VaerDecoderStream())),
    RangeError,
    "the line is dead",
  );
});

Deno.test("VaerDecoderStream cancels its source when its reader cancels, also while the source stalls", async () => {
  for (const length of [0, 3, file.length - 1]) {
    let cancelled = false;
    const reader = source(file.subarray(0, length), 64, { stalls: true, onCancel: () => cancelled = true })
      .pipeThrough(new VaerDecoderStream()).getReader();
    const pending = reader.read();
    if (length > 3) await pending;
    await reader.cancel();
    assertEquals((await reader.read()).done, true);
    for (let i = 0; i < 20 && !cancelled; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(cancelled, true, `${length} bytes`);
    await pending.catch(() => {});
  }
  await new VaerDecoderStream().readable.cancel();
});

Deno.test("VaerDecoderStream ends with the reason of its signal while the source stalls", async () => {
  const abort = new AbortController();
  const decoded = source(file.subarray(0, 3), 64, { stalls: true })
    .pipeThrough(new VaerDecoderStream({ signal: abort.signal }));
  setTimeout(() => abort.abort(new RangeError("stop")), 5);
  await assertRejects(async () => await Array.fromAsync(decoded), RangeError, "stop");
});

Deno.test("VaerDecoderStream refuses unknown and wrong options when it is made", () => {
  for (const options of [{ maxPixel: 4 }, { maxPixels: -1 }, { partial: 3 }, null]) {
    assertThrows(() => new VaerDecoderStream(options as never), InvalidValueError);
  }
});
