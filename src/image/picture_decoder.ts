import type { DecodeOptions } from "./decode.ts";
import type { DecodeReply, DecodeRequest } from "./decode_worker.ts";
import { ImageError, type ImageErrorCode } from "./errors.ts";
import type { Picture } from "./picture.ts";

/** Longest time that a worker may take to start, which is not part of a deadline. */
const START_MILLISECONDS = 60_000;

/** The runtime's own class: another library may later put its own in its place. */
const WebWorker: typeof Worker | undefined = globalThis.Worker;

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
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, (error: Error) => void>();

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
    const { signal, deadlineMilliseconds, transfer, ...rest } = options;
    signal?.throwIfAborted();
    const kept = this.#idle.pop(), worker = kept ?? startWorker();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { promise, resolve, reject } = Promise.withResolvers<Picture | Picture<Uint16Array>>();
    const abort = () => reject(signal!.reason);
    const expireAfter = (milliseconds: number | undefined, error: () => ImageError) => {
      clearTimeout(timer);
      if (milliseconds !== undefined) timer = setTimeout(() => reject(error()), milliseconds);
    };
    signal?.addEventListener("abort", abort);
    this.#busy.set(worker, reject);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(workerError(event.message));
    };
    worker.onmessage = ({ data: reply }: MessageEvent<DecodeReply>) => {
      if (reply.kind === "picture") resolve(reply.picture);
      else if (reply.kind === "error") reject(revived(reply));
      else expireAfter(deadlineMilliseconds, () => tooLate(deadlineMilliseconds!));
    };
    try {
      if (kept) expireAfter(deadlineMilliseconds, () => tooLate(deadlineMilliseconds!));
      else expireAfter(START_MILLISECONDS, () => workerError(`it did not start in ${START_MILLISECONDS} ms`));
      const request: DecodeRequest = { bytes, options: rest };
      worker.postMessage(request, transfer ? [bytes.buffer as ArrayBuffer] : []);
      const picture = await promise;
      if (this.#busy.has(worker)) this.#idle.push(worker);
      return picture;
    } catch (error) {
      // A library that has failed may be inconsistent; what is still at work must end.
      worker.terminate();
      throw error;
    } finally {
      this.#busy.delete(worker);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends all workers; calls under way are rejected. */
  close(): void {
    for (const worker of this.#idle.splice(0)) worker.terminate();
    for (const reject of this.#busy.values()) reject(workerError("it was closed"));
    for (const worker of this.#busy.keys()) worker.terminate();
    this.#busy.clear();
  }

  /** As {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function startWorker(): Worker {
  if (!WebWorker) throw workerError("there are no workers here");
  try {
    return new WebWorker(new URL("./decode_worker.ts", import.meta.url), { type: "module" });
  } catch (cause) {
    throw workerError(cause instanceof Error ? cause.message : String(cause));
  }
}

function tooLate(milliseconds: number): ImageError {
  return new ImageError(
    "image-deadline",
    `Cannot decode the picture as its time is limited: ${milliseconds} ms have passed; raise deadlineMilliseconds, or use ` +
      "a smaller picture",
  );
}

function workerError(reason: string): ImageError {
  return new ImageError(
    "image-worker",
    `Cannot decode the picture as its worker failed: ${reason}; allow reading the package's sources (-R), or decode ` +
      "without a deadline",
  );
}

/** An error of the worker's, of the same class again. */
function revived({ name, code, message }: Extract<DecodeReply, { kind: "error" }>): Error {
  if (code !== undefined) return new ImageError(code as ImageErrorCode, message);
  const error = new Error(message);
  error.name = name;
  return error;
}
