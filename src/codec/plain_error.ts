import {
  ArenaFullError,
  BitstreamError,
  InvalidValueError,
  ModelError,
  StaleTensorError,
  VaeransError,
} from "../core/mod.ts";

/** An error as plain data. */
export interface PlainError {
  /** Class. */
  readonly name: string;
  /** Stable code, of this package's own. */
  readonly code?: string;
  /** What happened. */
  readonly message: string;
}

const CLASSES = [
  ArenaFullError,
  BitstreamError,
  InvalidValueError,
  ModelError,
  StaleTensorError,
  VaeransError,
];

/** Takes an error apart, so that it can leave a worker. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  return error instanceof VaeransError ? { name, message, code: error.code } : { name, message };
}

/** Makes an error of the same class again. */
export function revivedError({ name, code, message }: PlainError): Error {
  const type = CLASSES.find((type) => type.name === name);
  return type && code !== undefined ? new type(code, message) : new Error(message);
}
