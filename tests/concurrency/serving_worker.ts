/** The worker of `job_worker_test.ts`. */
import { FILE_ERRORS, FileError } from "../../src/batch/file_error.ts";
import { notifyCaller, serveJobs } from "../../src/concurrency/serve_jobs.ts";
import { BitstreamError } from "../../src/core/mod.ts";

/** What the worker can be asked for. */
export type Task =
  | { readonly wait: number }
  | { readonly sum: Uint8Array }
  | { readonly fail: "bitstream" | "file" | "text" | "crash" | "clone" }
  | { readonly forever: true };

let factor = 1;

serveJobs<Task, unknown, { readonly factor: number }>({
  errors: FILE_ERRORS,
  onNotice(notice) {
    factor = notice.factor;
  },
  async run(task) {
    if ("wait" in task) {
      await new Promise((resolve) => setTimeout(resolve, task.wait));
      notifyCaller(`waited ${task.wait}`);
      return task.wait;
    }
    if ("sum" in task) return Uint32Array.of(factor * task.sum.reduce((sum, value) => sum + value, 0));
    if ("forever" in task) return await new Promise(() => {});
    if (task.fail === "bitstream") {
      throw new BitstreamError("file-header", "odd", { cause: new RangeError("x") });
    }
    if (task.fail === "file") throw new FileError("a.png", "it is gone");
    if (task.fail === "text") throw "a text";
    if (task.fail === "clone") return () => 1;
    setTimeout(() => {
      throw new Error("out of order");
    });
    return await new Promise(() => {});
  },
  transferOf: (result) => result instanceof Uint32Array ? [result.buffer as ArrayBuffer] : [],
});
