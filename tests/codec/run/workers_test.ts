import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BitstreamError, compress, decompress, InvalidValueError, WarmWorkers } from "../../../mod.ts";
import type { TraceRecord } from "../../../src/core/mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { COLD_WORKERS } from "../../../src/codec/run/warm_workers.ts";
import { readContainer, writeContainer } from "../../../src/format/mod.ts";

const picture = syntheticPicture(120, 90);

/** Counts workers that start and end while it lasts. */
class WorkerCounts implements Disposable {
  started = 0;
  ended = 0;
  readonly #original = { ...COLD_WORKERS };

  constructor() {
    COLD_WORKERS.take = () => {
      this.started++;
      const worker = this.#original.take();
      const terminate = worker.terminate.bind(worker);
      worker.terminate = (reason) => {
        this.ended++;
        terminate(reason);
      };
      return worker;
    };
  }

  [Symbol.dispose](): void {
    Object.assign(COLD_WORKERS, this.#original);
  }
}

Deno.test("workers give what one thread gives, bytes and pixels, and report their steps", async () => {
  for (const model of ["pixels", "vaerans-8"]) {
    const options = { model, tileSide: 64, quality: 60 };
    const steps: string[] = [];
    const alone = await compress(picture, { ...options, workers: 0 });
    const together = await compress(picture, {
      ...options,
      workers: 2,
      onStep: ({ step }) => steps.push(step),
    });
    assertEquals(together, alone);
    assertEquals(steps.filter((step) => step === "ANSEncode(encode)").length, 4);
    assertEquals(
      (await decompress(alone, { workers: 2 })).data,
      (await decompress(alone, { workers: 0 })).data,
    );
  }
});

Deno.test("a picture in one piece is shown in strips beside a worker as it is alone", async () => {
  const large = syntheticPicture(1917, 1650);
  for (let i = 3; i < large.data.length; i += 4) large.data[i] = i % 251;
  const file = await compress(large, { model: "vaerans-8", quality: 5, effort: 1 });
  const steps: string[] = [];
  const together = await decompress(file, { workers: 1, onStep: ({ step }) => steps.push(step) });
  assertEquals(steps.filter((step) => step === "OnnxVAEDecodeU8(decode)").length, 2);
  const alone = await decompress(file, { workers: 0 });
  assertEquals(together.data.every((value, i) => value === alone.data[i]), true);
});

Deno.test("a worker's errors keep class and code", async () => {
  const bytes = await compress(picture, { model: "pixels", tileSide: 64, workers: 0 });
  const { header, sections } = readContainer(bytes);
  const wrong = sections.map((section, i) => i === 3 ? { ...section, payload: Uint8Array.of(1) } : section);
  const error = await assertRejects(
    () => decompress(writeContainer(header, wrong), { workers: 2 }),
    BitstreamError,
  );
  assertEquals(error.code, "section-damaged");
});

Deno.test("an abort ends the workers at once", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 30);
  const running = compress(picture, { lossless: true, tileSide: 64, workers: 2, signal: controller.signal });
  assertEquals(await assertRejects(() => running), reason);
});

Deno.test("workers that stay show pictures of half a megapixel in strips, and are the same from call to call", async () => {
  const half = syntheticPicture(900, 600);
  const files = await Promise.all([5, 60].map((quality) => compress(half, { quality, effort: 1 })));
  const alone = await Promise.all(files.map((file) => decompress(file, { workers: 0 })));
  using counts = new WorkerCounts();
  using workers = new WarmWorkers(1);
  for (const round of [0, 1]) {
    for (const [i, file] of files.entries()) {
      const steps: string[] = [];
      const { data } = await decompress(file, { workers, onStep: ({ step }) => steps.push(step) });
      assertEquals(steps.filter((step) => step === "OnnxVAEDecodeU8(decode)").length, 2, `round ${round}`);
      assertEquals(data.every((value, k) => value === alone[i].data[k]), true);
    }
  }
  assertEquals([counts.started, counts.ended], [1, 0]);
  workers.close();
  assertEquals(counts.ended, 1);
  // A call after that has workers of its own, for itself: one, and one more where it makes a lossless file to compare with.
  const tiles = { model: "pixels", tileSide: 64, quality: 60 };
  assertEquals(
    await compress(picture, { ...tiles, workers }),
    await compress(picture, { ...tiles, workers: 0 }),
  );
  assert(counts.started >= 2);
  assertEquals(counts.ended, counts.started);
});

Deno.test("an abort ends the workers that are at work, and the others stay", async () => {
  using counts = new WorkerCounts();
  using workers = new WarmWorkers(2);
  const options = { lossless: true, tileSide: 64, workers } as const;
  const expected = await compress(picture, options);
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error("enough"));
  const running = compress(picture, { ...options, signal: controller.signal, onProgress });
  await assertRejects(() => running, Error, "enough");
  assertEquals(await compress(picture, options), expected);
  assertEquals(counts.started - counts.ended, 2);
});

Deno.test("two models compete on a sample, and only one sees the whole picture, for the same file with workers", async () => {
  const half = syntheticPicture(900, 600);
  const alone = await compress(half, { quality: 40, content: "photo", workers: 0 });
  using workers = new WarmWorkers(1);
  let analyses = 0;
  const onStep = ({ step }: TraceRecord): void => {
    if (step === "OnnxVAEEncode(encode)") analyses++;
  };
  assertEquals(await compress(half, { quality: 40, content: "photo", workers, onStep }), alone);
  assertEquals(analyses, 3);
});

Deno.test("a number of workers that is none is refused", async () => {
  for (const count of [-1, 1.5, NaN]) {
    assertThrows(() => new WarmWorkers(count), InvalidValueError, "whole number");
    const error = await assertRejects(() => compress(picture, { workers: count }), InvalidValueError);
    assertEquals(error.code, "workers-range");
  }
});
