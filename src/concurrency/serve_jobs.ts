import { type ErrorClasses, plainError } from "./error_codec.ts";
import { workerScope } from "../host/mod.ts";
import type { JobMessage, WorkerMessage } from "./job_worker.ts";

/** How a worker serves a `JobWorker`. */
export interface JobService<Job, Result, Notice> {
  /** Does a job; what it throws goes back as the same class. */
  run(job: Job): Promise<Result>;
  /** Takes a notice; what it throws ends the worker. */
  onNotice?(notice: Notice): Promise<void> | void;
  /** Memory of a result that is handed over; the worker no longer has it. */
  transferOf?(result: Result): Transferable[];
  /** As `JobWorkerOptions.errors`. */
  readonly errors?: ErrorClasses;
}

/** Makes this worker do the jobs that a `JobWorker` hands out. */
export function serveJobs<Job, Result, Notice = never>(service: JobService<Job, Result, Notice>): void {
  workerScope.onmessage = async ({ data: { id, content } }: MessageEvent<JobMessage>) => {
    if (id === undefined) return await service.onNotice?.(content as Notice);
    try {
      const result = await service.run(content as Job);
      send({ id, result }, service.transferOf?.(result) ?? []);
    } catch (error) {
      send({ id, error: plainError(error, service.errors) }, []);
    }
  };
}

/** Sends the `JobWorker` what is no answer. */
export function notifyCaller(notice: unknown): void {
  send({ notice }, []);
}

function send(message: WorkerMessage, transfer: Transferable[]): void {
  workerScope.postMessage(message, transfer);
}
