/** What went wrong in the entropy stage; programs branch on this, never on the message. */
export type EntropyErrorCode =
  | "ENTROPY_BAD_BANDS"
  | "ENTROPY_BAD_MODE"
  | "ENTROPY_BAD_PRIOR"
  | "ENTROPY_BAD_TABLE"
  | "ENTROPY_CORRUPT"
  | "ENTROPY_RANGE"
  | "ENTROPY_TRUNCATED"
  | "ENTROPY_UNVERIFIED";

/** Options of {@linkcode EntropyError}. */
export interface EntropyErrorOptions {
  /** Index of the section that could not be coded or decoded, when one is at fault. */
  readonly section?: number;
  /** The error underneath, if any. */
  readonly cause?: unknown;
}

/** Thrown by everything in `src/entropy`; carries a stable code and, for damage, the section's index. */
export class EntropyError extends Error {
  /** The class name, for logs. */
  override readonly name: string = "EntropyError";
  /** Stable machine-readable reason. */
  readonly code: EntropyErrorCode;
  /** Index of the section at fault (0 = LL bands), or `undefined`. */
  readonly section: number | undefined;

  /**
   * Makes the error.
   *
   * @param code Stable reason.
   * @param message Sentence without a full stop: what cannot be done, why, the value, the limit, the remedy.
   * @param options Section index and cause.
   */
  constructor(code: EntropyErrorCode, message: string, options: EntropyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.section = options.section;
  }
}
