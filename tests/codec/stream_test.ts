import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Readable } from "node:stream";
import {
  BitstreamError,
  compress,
  decompress,
  decompressStream,
  psnr,
  VaerDecoderStream,
} from "../../mod.ts";
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

Deno.test("decompressStream() reads the body of a Response", async () => {
  const bytes = await compress(picture, { model: "pixels" });
  let last: Uint8ClampedArray | undefined;
  for await (const shown of decompressStream(new Response(bytes))) last = shown.data;
  assertEquals(last, (await decompress(bytes)).data);
  const request = Object.assign(chunked(bytes, 500), { body: {} }); // as a server's request after a parser of bodies
  for await (const shown of decompressStream(request)) last = shown.data;
  assertEquals(last, (await decompress(bytes)).data);
  const empty = decompressStream(new Response(null));
  const error = await assertRejects(() => empty.next(), BitstreamError);
  assertEquals(error.code, "source-unreadable");
});

Deno.test("decompressStream() refuses a Response and a stream that were read, and says what helps", async () => {
  const read = new Response(new Uint8Array(9)), locked = new Response(new Uint8Array(9));
  await read.arrayBuffer();
  locked.body!.getReader();
  for (const given of [read, locked, locked.body!]) {
    const error = await assertRejects(() => decompressStream(given).next(), BitstreamError);
    assertEquals(error.code, "source-unreadable");
    assertMatch(error.message, /^Cannot read the source: it must be unread \(got \w+\)\. Fetch it again/);
  }
});

for (const tileSide of [0, 64]) {
  Deno.test(`a stream yields pictures that improve, with tiles of ${tileSide}`, async () => {
    const bytes = await compress(picture, { model: "pixels", quality: 80, tileSide });
    const scores: number[] = [];
    let complete = false;
    for await (const shown of decompressStream(chunked(bytes, 100))) {
      assertEquals([shown.width, shown.height], [160, 120]);
      scores.push(psnr(picture, shown));
      complete = shown.complete;
      if (complete) assertEquals(shown.data, (await decompress(bytes)).data);
    }
    assertEquals(complete && scores.length >= 2, true, `${scores}`);
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

/** A source of chunks that stalls after the last one. */
function stalling(chunks: readonly Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next < chunks.length) return controller.enqueue(chunks[next++]);
      return new Promise<void>(() => {});
    },
    cancel() {
      onCancel();
      return new Promise(() => {}); // a source that never says that it has stopped
    },
  });
}

async function lastOf(stream: ReadableStream<Uint8Array>) {
  let last: Awaited<ReturnType<typeof decompress>> | undefined, complete = false;
  for await (const shown of decompressStream(stream)) [last, complete] = [shown, shown.complete];
  assertEquals(complete, true);
  return last!;
}

for (const options of [{ model: "pixels" }, { lossless: true }, { model: "vaerans-4" }] as const) {
  Deno.test(`decompressStream() takes chunks of 1 byte and empty ones, ${JSON.stringify(options)}`, async () => {
    const bytes = await compress(syntheticPicture(20, 12), options);
    const { data } = await decompress(bytes), empty = new Uint8Array(0);
    assertEquals((await lastOf(chunked(bytes, 1))).data, data);
    for (const head of [0, 1, 2, 3, 4]) {
      const parts = [empty, bytes.subarray(0, head), empty, bytes.subarray(head), empty];
      assertEquals((await lastOf(ReadableStream.from(parts))).data, data);
    }
  });
}

Deno.test("decompressStream() decodes a file once where all of it arrives together or at its end", async () => {
  for (
    const [tileSide, metadata] of [[0, undefined], [64, {
      exif: crypto.getRandomValues(new Uint8Array(500)),
    }]] as const
  ) {
    const bytes = await compress(picture, { model: "pixels", tileSide, ...(metadata && { metadata }) });
    let expected = 0, decodings = 0;
    await decompress(bytes, {
      workers: 0,
      onStep: ({ step }) => expected += step.startsWith("ANSDecode") ? 1 : 0,
    });
    const onStep = ({ step }: { step: string }) => decodings += step.startsWith("ANSDecode") ? 1 : 0;
    const sizes = tileSide === 0 ? [bytes.length] : [bytes.length, bytes.length - 100]; // the EXIF is the last section
    for (const size of sizes) {
      for (const parts of [[bytes.subarray(0, size), bytes.subarray(size)], [bytes]]) {
        decodings = 0;
        let pictures = 0;
        for await (const _ of decompressStream(ReadableStream.from(parts), { workers: 0, onStep })) {
          pictures++;
        }
        assertEquals([pictures, decodings], [1, expected]);
      }
    }
  }
});

Deno.test("decompressStream() rejects with the signal's reason at once while the source stalls", async () => {
  const bytes = await compress(picture, { model: "pixels" });
  for (const length of [0, 2, 20, bytes.length - 1, bytes.length]) {
    const controller = new AbortController(), reason = new Error(`stopped after ${length} bytes`);
    let cancelled = false;
    const source = stalling([bytes.subarray(0, length)], () => cancelled = true);
    const timer = setTimeout(() => controller.abort(reason), 30);
    const error = await assertRejects(async () => {
      for await (const _ of decompressStream(source, { signal: controller.signal }));
    });
    clearTimeout(timer);
    assertEquals([error, cancelled], [reason, true]);
  }
  const reason = new Error("stopped before");
  const error = await assertRejects(async () => {
    for await (const _ of decompressStream(chunked(bytes, 50), { signal: AbortSignal.abort(reason) }));
  });
  assertEquals(error, reason);
});

Deno.test("decompressStream() rejects with the error of its source", async () => {
  const bytes = await compress(picture, { model: "pixels" });
  for (const length of [0, 2, 40, bytes.length]) {
    const reason = new TypeError(`connection lost after ${length} bytes`);
    let sent = false;
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(reason);
        else controller.enqueue(bytes.subarray(0, length));
        sent = true;
      },
    });
    const error = await assertRejects(async () => {
      for await (const _ of decompressStream(source));
    });
    assertEquals(error, reason);
  }
});

Deno.test("decompressStream() cancels a stalled source when the consumer stops early", async () => {
  const bytes = await compress(picture, { model: "pixels", tileSide: 64 });
  let cancelled = false;
  const source = stalling([bytes.subarray(0, bytes.length >> 1)], () => cancelled = true);
  for await (const _ of decompressStream(source)) break;
  assertEquals(cancelled, true);
});

Deno.test("decompressStream() takes Node's streams and other async iterables, and ends them", async () => {
  const picture = syntheticPicture(64, 48), bytes = await compress(picture, { model: "pixels" });
  const expected = (await decompress(bytes)).data;
  let hasEnded = false;
  async function* chunks() {
    try {
      for (let at = 0; at < bytes.length; at += 300) yield bytes.subarray(at, at + 300);
    } finally {
      hasEnded = true;
    }
  }
  for (const source of [chunks(), Readable.from([bytes.subarray(0, 99), bytes.subarray(99)])]) {
    let last: Uint8ClampedArray | undefined;
    for await (const { data } of decompressStream(source)) last = data;
    assertEquals(last, expected);
  }
  hasEnded = false;
  for await (const _ of decompressStream(chunks())) break;
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(hasEnded, true);
});

Deno.test("decompressStream() and VaerDecoderStream give 16 bits with keepDepth, by their types too", async () => {
  const data = Uint16Array.from({ length: 4 * 30 * 20 }, (_, i) => i % 4 === 3 ? 65535 : (i * 977) % 65536);
  const bytes = await compress({ data, width: 30, height: 20 }, { lossless: true });
  const shown: (Uint8ClampedArray | Uint16Array)[] = [];
  for await (const { data } of decompressStream(chunked(bytes, 99), { keepDepth: true })) {
    const typed: Uint8ClampedArray | Uint16Array = data;
    shown.push(typed);
  }
  const decoder = new VaerDecoderStream({ keepDepth: true });
  for await (const picture of chunked(bytes, 99).pipeThrough(decoder)) shown.push(picture.data);
  assertEquals(shown.at(-1), data);
  assertEquals(shown[shown.length / 2 - 1], data);
  for await (const picture of chunked(bytes, 99).pipeThrough(new VaerDecoderStream())) {
    const eight: Uint8ClampedArray = picture.data;
    assertEquals(eight.length, data.length);
  }
});

Deno.test("decompressStream() with partial gives the last picture of a stream that ends early, not complete", async () => {
  const bytes = await compress(picture, { model: "pixels", quality: 80 });
  const cut = bytes.subarray(0, -9);
  const shown = await Array.fromAsync(decompressStream(chunked(cut, cut.length), { partial: true }));
  assertEquals(shown.some(({ complete }) => complete), false);
  assertEquals(shown.at(-1)?.data, (await decompress(cut, { partial: true })).data);
  const whole = await Array.fromAsync(decompressStream(chunked(bytes, bytes.length), { partial: true }));
  assertEquals(whole.at(-1)?.complete, true);
});
