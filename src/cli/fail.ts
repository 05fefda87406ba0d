/** A command was called wrongly: exit code 2 and a pointer to `--help`. */
export class UsageError extends Error {}

/** Something about one file failed; the message begins with its path. */
export class FileError extends Error {
  /**
   * @param path As the user wrote it.
   * @param reason One line.
   * @param options The cause.
   */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options);
  }
}

/** Runs `work`; what it throws becomes a {@linkcode FileError} that names `path`. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FileError || cause instanceof UsageError) throw cause;
    throw new FileError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Prints one line on stderr (the stack too, if asked for) and gives the exit code. */
export function report(error: unknown, withStack: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`vaerans: ${message.replaceAll("\n", " ")}`);
  if (error instanceof UsageError) console.error("Run with --help for usage.");
  if (withStack && error instanceof Error) console.error(error.stack, error.cause ?? "");
  return error instanceof UsageError ? 2 : 1;
}
