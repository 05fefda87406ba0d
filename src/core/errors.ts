import { messageOf } from "./error_message.ts";

/**
 * Base of every error this package throws on purpose.
 *
 * `code` is stable across releases and has an entry in `docs/ERRORS.md`; the message names the object, the value, the
 * limit and the remedy, and may change.
 */
export class VaeransError extends Error {
  /** Stable, kebab-case identifier, e.g. `"arena-full"`. */
  readonly code: string;

  /**
   * Makes the error.
   *
   * @param code Stable identifier.
   * @param message What failed, with values and remedy.
   * @param options `cause`, where another error is behind it.
   */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A {@linkcode TensorRef} was used after its arena was reset, or in an arena that did not make it. */
export class StaleTensorError extends VaeransError {}

/** The arena has no room left for an allocation. */
export class ArenaFullError extends VaeransError {}

/** An entity lacks a component that a system requires or a caller asks for. */
export class MissingComponentError extends VaeransError {}

/** A component, tensor or option was built from values that contradict each other. */
export class InvalidValueError extends VaeransError {}

/** A `.vaer` file is damaged, truncated, of another version, or beyond a limit. */
export class BitstreamError extends VaeransError {}

/** A `vaerans.toml` holds what cannot be used; the message names file, key and line. */
export class ConfigError extends VaeransError {}

/** A model is missing, damaged, or not the one a file was made with. */
export class ModelError extends VaeransError {}

/** There is no GPU to use, or it failed: it was lost, or refused a command. */
export class GpuError extends VaeransError {}

/**
 * Wraps an error with the step of a pipe in which it happened, keeping its code.
 */
export class PipeError extends VaeransError {
  /** Names of the steps up to and including the one that failed, e.g. `["OnnxVAEEncode(encode)", "Hadamard4(forward)"]`. */
  readonly steps: readonly string[];
  /** Entities that were being processed; with `onError: "collect"` the one that failed. */
  readonly entities: readonly number[];

  /**
   * Makes the error.
   *
   * @param steps Steps up to the failing one.
   * @param cause What the last of them threw.
   * @param entities Entities that were being processed.
   */
  constructor(steps: readonly string[], cause: unknown, entities: readonly number[] = []) {
    const code = cause instanceof VaeransError ? cause.code : "pipe-step-failed";
    super(code, `${messageOf(cause)} (in ${pathOf(steps)})`, { cause });
    this.steps = [...steps];
    this.entities = [...entities];
  }
}

function pathOf(steps: readonly string[]): string {
  const shown = steps.length > 5 ? [...steps.slice(0, 2), "…", ...steps.slice(-2)] : steps;
  return ["Pipe", ...shown].join(" > ");
}
