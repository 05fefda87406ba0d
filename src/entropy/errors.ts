// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { VaeransError } from "../core/errors.ts";

/** Codes of {@linkcode EntropyError}. */
export type EntropyErrorCode =
  | "entropy-bad-bands"
  | "entropy-bad-mode"
  | "entropy-bad-prior"
  | "entropy-bad-table"
  | "entropy-corrupt"
  | "entropy-range"
  | "entropy-truncated"
  | "entropy-unverified";

/** Options of {@linkcode EntropyError}. */
export interface EntropyErrorOptions {
  /** Index of the section that could not be coded or decoded, when one is at fault. */
  readonly section?: number;
  /** The error underneath, if any. */
  readonly cause?: unknown;
}

/** An entropy coder or one of its tables cannot use what it was given. */
export class EntropyError extends VaeransError {
  /** Stable machine-readable reason. */
  declare readonly code: EntropyErrorCode;
  /** Index of the section at fault (0 = LL bands), or `undefined`. */
  readonly section: number | undefined;

  /**
   * Makes the error.
   *
   * @param code Stable reason.
   * @param message "Cannot X: Y must be Z (got W). Do V."
   * @param options Section index and cause.
   */
  constructor(code: EntropyErrorCode, message: string, options: EntropyErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.section = options.section;
  }
}
