import { Worker } from "../host/worker.ts";
import { JobWorker, popAlive } from "../concurrency/job_worker.ts";
import type { DecodeOptions } from "./decode.ts";
import type { DecodeRequest } from "./decode_worker.ts";
import { anyBoolean } from "../core/option_rules.ts";
import { checkDecodeOptions, fileBytes } from "./decode_input.ts";
import { ImageError } from "./errors.ts";
import type { Picture } from "./picture.ts";

/** Longest time that a worker may take to start, which is not part of a deadline. */
const START_MILLISECONDS = 60_000;

/** Options of {@linkcode PictureDecoder.decode}. */
export interface PictureDecoderOptions extends DecodeOptions {
  /** Hand the file's memory over to the worker, which saves a copy: the array is empty afterwards. Default: false. */
  readonly transfer?: boolean;
}

/**
 * Decodes pictures in workers of its own, where a library that does not come to an end can be ended. Workers are kept between
 * calls, one for each call that is under way at a time; {@linkcode close} ends them.
 *
 * @example A picture is decoded within two seconds, or not at all
 * ```ts ignore
 * using decoder = new PictureDecoder();
 * const picture = await decoder.decode(bytes, { maxPixels: 2 ** 22, deadlineMilliseconds: 2000 });
 * ```
 */
export class PictureDecoder {
  readonly #idle: JobWorker[] = [];
  readonly #busy = new Set<JobWorker>();

  /**
   * Decodes as `decodePicture` does.
   *
   * @param bytes The whole file; it is copied unless `transfer` is set.
   * @param options As of `decodePicture`; without `deadlineMilliseconds` there is no deadline.
   * @returns The upright picture.
   * @throws As `decodePicture`.
   */
  async decode(
    bytes: Uint8Array,
    options: PictureDecoderOptions & { readonly keepDepth: true },
  ): Promise<Picture | Picture<Uint16Array>>;
  /** As above, 8 bits per sample. */
  async decode(bytes: Uint8Array, options?: PictureDecoderOptions): Promise<Picture>;
  async decode(
    bytes: Uint8Array,
    options: PictureDecoderOptions = {},
  ): Promise<Picture | Picture<Uint16Array>> {
    checkDecodeOptions(options, { transfer: anyBoolean });
    const { signal, deadlineMilliseconds, transfer, ...rest } = options;
    const file = transfer ? fileBytes(bytes) : new Uint8Array(fileBytes(bytes));
    signal?.throwIfAborted();
    const kept = popAlive(this.#idle);
    const worker = kept ??
      new JobWorker(() => new Worker(new URL("./decode_worker.ts", import.meta.url), { type: "module" }), {
        failure: workerError,
      });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expireAfter = (milliseconds: number | undefined, error: () => ImageError) => {
      clearTimeout(timer);
      if (milliseconds !== undefined) timer = setTimeout(() => worker.terminate(error()), milliseconds);
    };
    const begin = () => expireAfter(deadlineMilliseconds, () => tooLate(deadlineMilliseconds!));
    worker.onNotice = begin;
    this.#busy.add(worker);
    try {
      if (kept) begin();
      else expireAfter(START_MILLISECONDS, () => workerError(`it did not start in ${START_MILLISECONDS} ms`));
      const request: DecodeRequest = { bytes: file, options: rest };
      const picture = await worker.run<Picture | Picture<Uint16Array>>(request, {
        transfer: [file.buffer as ArrayBuffer],
        ...(signal && { signal }),
      });
      if (!worker.hasEnded) this.#idle.push(worker);
      return picture;
    } catch (error) {
      // A library that has failed may be inconsistent.
      worker.terminate();
      throw error;
    } finally {
      this.#busy.delete(worker);
      clearTimeout(timer);
    }
  }

  /** Ends all workers; calls under way are rejected. */
  close(): void {
    for (const worker of [...this.#idle.splice(0), ...this.#busy]) {
      worker.terminate(workerError("it was closed"));
    }
  }

  /** As {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function tooLate(milliseconds: number): ImageError {
  return new ImageError(
    "image-deadline",
    `Cannot decode the picture: it must take at most ${milliseconds} ms (got no picture in this ` +
      "time). Raise deadlineMilliseconds, or use a smaller picture.",
  );
}

function workerError(reason: string): ImageError {
  return new ImageError(
    "image-worker",
    `Cannot decode the picture: its worker must run to the end (got: ${reason}). Allow reading the ` +
      "package's sources (-R), or decode without a deadline.",
  );
}
