import { VaeransError } from "../core/errors.ts";

/** A command was called with wrong arguments: exit code 2 and a pointer to `--help`. */
export class UsageError extends VaeransError {
  /**
   * Makes the error.
   *
   * @param message What is wrong with the arguments, in one line.
   */
  constructor(message: string) {
    super("usage-wrong", message);
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
