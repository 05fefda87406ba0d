import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { FILE_ERRORS, FileError } from "../../src/batch/file_error.ts";
import { JobWorker, type JobWorkerOptions, popAlive } from "../../src/concurrency/job_worker.ts";
import { BitstreamError, VaeransError } from "../../src/core/mod.ts";
import type { Task } from "./serving_worker.ts";

const module = new URL("./serving_worker.ts", import.meta.url);
/** Starts a worker with a module. */
const startOf = (url: URL) => () => new Worker(url, { type: "module" });

/** A worker for the time of `work`. */
async function withWorker(
  work: (worker: JobWorker, run: <T>(task: Task) => Promise<T>) => Promise<void>,
  options: JobWorkerOptions = { errors: FILE_ERRORS },
): Promise<void> {
  const worker = new JobWorker(startOf(module), options);
  try {
    await work(worker, (task) => worker.run(task));
  } finally {
    worker.terminate();
  }
}

Deno.test("a JobWorker matches answers to jobs that end in another order, and passes notices on", async () => {
  await withWorker(async (worker, run) => {
    const order: number[] = [], notices: unknown[] = [];
    worker.onNotice = (notice) => notices.push(notice);
    const waits = [300, 1, 150];
    const results = await Promise.all(waits.map(async (wait) => {
      const result = await run<number>({ wait });
      order.push(result);
      return result;
    }));
    assertEquals(results, waits);
    assertEquals(order, [1, 150, 300]);
    assertEquals(notices, ["waited 1", "waited 150", "waited 300"]);
    worker.notify({ factor: 10 });
    assertEquals(await run({ sum: Uint8Array.of(1, 2, 3) }), Uint32Array.of(60));
  });
});

Deno.test("a JobWorker sends views of a file without the rest of the file", async () => {
  const file = Uint8Array.of(1, 2, 3, 4, 5), posted: unknown[] = [];
  const worker = new JobWorker(() =>
    ({ postMessage: (message: unknown) => posted.push(message), terminate: () => {} }) as unknown as Worker
  );
  const job = { coder: 3, sections: [file.subarray(1, 3), file], rows: Float32Array.of(1, 2) };
  const ended = assertRejects(() => worker.run(job));
  assertEquals(posted, [{ id: 0, content: job }]);
  const [{ content }] = posted as [{ content: typeof job }];
  assertEquals(content.sections.map(({ buffer }) => buffer.byteLength), [2, 5]);
  assertEquals([content.sections[1], content.rows], [file, job.rows]);
  worker.terminate();
  await ended;
});

Deno.test("a JobWorker hands memory over only if it is listed in transfer", async () => {
  await withWorker(async (worker) => {
    const kept = Uint8Array.of(4, 5), handed = kept.slice();
    assertEquals(await worker.run({ sum: kept }), Uint32Array.of(9));
    assertEquals(await worker.run({ sum: handed }, { transfer: [handed.buffer] }), Uint32Array.of(9));
    assertEquals([kept.length, handed.length], [2, 0]);
  });
});

Deno.test("what a job throws keeps class, code and cause, and the worker goes on", async () => {
  await withWorker(async (worker, run) => {
    const error = await assertRejects(() => run({ fail: "bitstream" }), BitstreamError, "odd");
    assertEquals(error.code, "file-header");
    assertInstanceOf(error.cause, RangeError);
    await assertRejects(() => run({ fail: "file" }), FileError, "a.png: it is gone");
    await assertRejects(() => run({ fail: "text" }), Error, "a text");
    // Neither a result nor a job that cannot be cloned stops the worker.
    const name = async (work: () => Promise<unknown>) => (await assertRejects(work, DOMException)).name;
    assertEquals(await name(() => run({ fail: "clone" })), "DataCloneError");
    assertEquals(await name(() => worker.run(() => 1)), "DataCloneError");
    assertEquals([await run({ wait: 2 }), worker.hasEnded], [2, false]);
  });
});

Deno.test("the jobs of a worker that crashes or does not start reject with a code, also later ones", async () => {
  const missing = new URL("./no_such_module.js", import.meta.url);
  const thrower = new URL(`data:text/javascript,${encodeURIComponent('throw new Error("not today")')}`);
  for (
    const [url, reason] of [[module, "out of order"], [missing, "its worker must run to the end"], [
      thrower,
      "not today",
    ]] as const
  ) {
    const worker = new JobWorker(startOf(url));
    const jobs = [worker.run({ forever: true }), worker.run({ fail: "crash" })];
    for (const job of [...jobs, jobs[1].catch(() => worker.run({ wait: 1 }))]) {
      const error = await assertRejects(() => job, VaeransError, reason);
      assertEquals(error.code, "worker-failed");
    }
    assert(worker.hasEnded);
  }
  const failure = (reason: string) => new RangeError(`mine: ${reason}`);
  await withWorker(async (_, run) => {
    await assertRejects(() => run({ fail: "crash" }), RangeError, "out of order");
  }, { failure });
});

Deno.test("a signal terminates the worker and rejects with its reason, unless the job is done", async () => {
  await withWorker(async (worker, run) => {
    const reason = new Error("enough"), done = new AbortController(), running = new AbortController();
    assertEquals(await worker.run({ wait: 1 }, { signal: done.signal }), 1);
    done.abort(reason);
    await assertRejects(() => worker.run({ wait: 1 }, { signal: done.signal }), Error, "enough");
    assertEquals([await run({ wait: 3 }), worker.hasEnded], [3, false]);
    const jobs = [worker.run({ forever: true }, { signal: running.signal }), run({ forever: true })];
    running.abort(reason);
    for (const job of jobs) assertEquals(await assertRejects(() => job), reason);
    assert(worker.hasEnded);
  });
});

Deno.test("terminate() rejects the jobs under way and later ones with its first reason", async () => {
  await withWorker(async (worker, run) => {
    const job = run({ forever: true });
    worker.terminate(new RangeError("first"));
    worker.terminate(new RangeError("second"));
    await assertRejects(() => job, RangeError, "first");
    await assertRejects(() => run({ wait: 1 }), RangeError, "first");
    worker.notify({ factor: 2 });
  });
  const [ended, alive] = [new JobWorker(startOf(module)), new JobWorker(startOf(module))];
  ended.terminate();
  await assertRejects(() => ended.run({ wait: 1 }), VaeransError, "it was terminated");
  assertEquals([popAlive([alive, ended]), popAlive([ended]), popAlive([])], [alive, undefined, undefined]);
  alive.terminate();
});
