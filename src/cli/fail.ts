import { reasonWithPath } from "../batch/file_error.ts";
import { VaeransError } from "../core/errors.ts";
import { tell } from "./say.ts";

/** A command was called with wrong arguments: exit code 2 and a pointer to `--help`. */
export class UsageError extends VaeransError {
  /**
   * Makes the error.
   *
   * @param rule What must hold of the arguments and what was given: *Y must be Z (got W)*.
   * @param remedy A sentence; `--help` is pointed to in any case.
   */
  constructor(rule: string, remedy?: string) {
    super("usage-wrong", `Cannot run this command: ${rule}.${remedy === undefined ? "" : ` ${remedy}`}`);
  }
}

/** Prints one line on stderr (the stack too, if asked for) and gives the exit code. */
export function report(error: unknown, withStack: boolean): number {
  const message = error instanceof VaeransError ? error.message : reasonWithPath(error);
  tell(`vaerans: ${message.replaceAll("\n", " ")}`);
  if (error instanceof UsageError) console.error("Run with --help for usage.");
  if (withStack && error instanceof Error) console.error(error.stack, error.cause ?? "");
  return error instanceof UsageError ? 2 : 1;
}
