import { Deno } from "../host/deno_api.ts";
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

/** Reason of a {@linkcode FileError} for a path where nothing is. */
export const NO_SUCH_FILE = "Cannot read it: there must be a file (got none). Correct the path.";
/** Reason of a {@linkcode FileError} for a folder in a file's place. */
export const NOT_A_FILE = "Cannot open it: it must be a file (got a folder). Name a file.";

/** Classes of this module's errors, for workers. */
export const FILE_ERRORS = { FileError };

/** Runs `work`; what it throws becomes a {@linkcode FileError} that names `path`. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(path, reasonOf(cause), { cause });
  }
}

/** What to do about errors of the operating system, by its words. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: string])[] = [
  [/no space left|quota exceeded/i, "Free some space, or write to another place"],
  [
    /permission denied|operation not permitted|read-only file system/i,
    "Choose another place, or change its permissions",
  ],
  [/is a directory/i, "Name a file"],
  [/not a directory/i, "A folder of the path is a file: correct the path"],
];

/** The message in one line; of the operating system's errors without their call, and with a remedy. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof Deno.errors.NotCapable && /--allow-all/.test(cause.message)) {
    return "Cannot write it: Deno must allow the folder (got a system folder). Choose another place.";
  }
  const [, words] = /^(.+) \(os error \d+\)/.exec(cause.message) ?? [];
  if (words === undefined) return cause.message;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(words))?.[1];
  return remedy === undefined
    ? cause.message
    : `Cannot use it: the system must allow it (got: ${words}). ${remedy}.`;
}
