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
const NO_SUCH_FILE = "Cannot read it: there must be a file (got none). Correct the path.";

/** Reason of a {@linkcode FileError} for a path where nothing is; names that are not UTF-8 arrive as other names. */
export function missingReason(path: string): string {
  return path.includes("\ufffd")
    ? "Cannot read it: its name must be UTF-8 (got other bytes). Rename it."
    : NO_SUCH_FILE;
}

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
  [/no space left|quota exceeded|file too large/i, "Free some space, or write to another place"],
  [
    /permission denied|operation not permitted|read-only file system/i,
    "Choose another place, or change its permissions",
  ],
  [/is a directory/i, "Name a file"],
  [/not a directory/i, "A folder of the path is a file: correct the path"],
  [/no such file/i, "Correct the path, or make the folder"],
  [/name too long/i, "Give a shorter name"],
  [/symbolic links?\b/i, "The links lead in a circle: correct them"],
  [/broken pipe/i, "Let the program that reads the output read to its end"],
  [/too many open files/i, "Raise the limit (ulimit -n), or run fewer jobs (-j)"],
  [/too many links/i, "Write to another place"],
  [/input\/output error|stale|no such device/i, "Check the disk or the network drive"],
  [/busy/i, "Try again when no other program uses it"],
];
const OTHER_REMEDY = "Correct the path, or write to another place";

/** The words of the operating system in an error of Deno or Node, without code and call; `undefined` for other errors. */
function systemWords(cause: Error): string | undefined {
  return (/^(.+?) \(os error \d+\)/.exec(cause.message) ?? /^E[A-Z0-9]+: (.+?), [a-z]/.exec(cause.message))
    ?.[1];
}

/** The same as `reasonOf`, behind the path that an error of the operating system names: Deno quotes it at the end. */
export function reasonWithPath(cause: unknown): string {
  const path = cause instanceof Error && systemWords(cause) !== undefined &&
    /'([^']+)'/.exec(cause.message)?.[1];
  return path ? `${path}: ${reasonOf(cause)}` : reasonOf(cause);
}

/** The message of an error in one line; of the operating system's errors without their call, and with a remedy. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof Deno.errors.NotCapable && /--allow-all/.test(cause.message)) {
    return "Cannot write it: Deno must allow the folder (got a system folder). Choose another place.";
  }
  const words = systemWords(cause);
  if (words === undefined) return cause.message;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(words))?.[1] ?? OTHER_REMEDY;
  return `Cannot use it: the system must allow it (got: ${words}). ${remedy}.`;
}
