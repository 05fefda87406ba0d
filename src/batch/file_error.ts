import { VaeransError } from "../core/errors.ts";

/** Work on one file failed; the message begins with its path. Keeps the code of its cause. */
export class FileError extends VaeransError {
  /**
   * Makes the error.
   *
   * @param path As the user wrote it.
   * @param reason One line.
   * @param options The cause.
   */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    const cause = options?.cause;
    super(cause instanceof VaeransError ? cause.code : "file-failed", `${path}: ${reason}`, options);
  }
}

/** Classes of this module's errors, for workers. */
export const FILE_ERRORS = { FileError };

/** Runs `work`; what it throws becomes a {@linkcode FileError} that names `path`. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
