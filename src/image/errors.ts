// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { VaeransError } from "../core/errors.ts";

/** Codes of {@linkcode ImageError}. */
export type ImageErrorCode =
  /** The bytes start like no picture format this library reads. */
  | "image-unknown-format"
  /** The picture has more pixels, or takes more memory or work, than the caller allows. */
  | "image-too-large"
  /** The file is of a known format but truncated, corrupt, or contradicts itself. */
  | "image-damaged"
  /** The file is sound but uses a feature this library does not read (CMYK, …). */
  | "image-unsupported"
  /** A {@linkcode Picture} handed to an encoder does not hold what its size says. */
  | "image-invalid"
  /** Decoding took longer than the caller allows. */
  | "image-deadline"
  /** The worker that decodes with a deadline did not start, or ended. */
  | "image-worker"
  /** A picture cannot be written in the format or with the options asked for. */
  | "image-encode-options"
  /** The format's library failed to write a picture. */
  | "image-encode-failed"
  /** The WebAssembly of an image library could not be loaded. */
  | "image-library-unavailable";

/** A picture file cannot be read or written; `cause` holds the library's own error if there is one. */
export class ImageError extends VaeransError {
  /** Stable across releases. */
  declare readonly code: ImageErrorCode;

  /**
   * Makes the error.
   *
   * @param code The stable code.
   * @param message "Cannot X: Y must be Z (got W). Do V."
   * @param options `cause`, as in `Error`.
   */
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** Shorthand for the commonest case: a file of format `label` whose content is wrong in the way `what` says. */
export function damaged(label: string, what: string, cause?: unknown): ImageError {
  return new ImageError(
    "image-damaged",
    `Cannot read the ${label} picture: the file must be intact (got damage: ${what}). Use an intact ` +
      "copy of the file.",
    cause === undefined ? undefined : { cause },
  );
}

/** Shorthand: a sound file of format `label` that uses `feature`. */
export function unsupported(label: string, feature: string, remedy: string): ImageError {
  return new ImageError(
    "image-unsupported",
    `Cannot read the ${label} picture: its features must be supported (got ${feature}). ${remedy}.`,
  );
}
