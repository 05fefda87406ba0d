import * as core from "../core/errors.ts";
import * as entropy from "../entropy/errors.ts";
import { host } from "../host/mod.ts";
import * as image from "../image/errors.ts";

/** An error class, whatever its constructor takes. */
// deno-lint-ignore no-explicit-any
export type ErrorClass = abstract new (...args: any[]) => Error;

/** Classes by the name that both sides of a worker know them by. */
export type ErrorClasses = { readonly [name: string]: ErrorClass };

/** An error as plain data, which structured clone takes. */
export interface PlainError {
  /** Name of the nearest known class; absent for a value that is no error. */
  readonly type?: string;
  /** As the error says it, e.g. `"AbortError"`. */
  readonly name: string;
  /** What happened. */
  readonly message: string;
  /** Where, as the engine writes it. */
  readonly stack: string;
  /** Fields of the class, e.g. `code`; errors among them are plain, too. */
  readonly fields: { readonly [name: string]: unknown };
}

/** Marks a field that holds an error. */
interface PlainField {
  readonly plainError: PlainError;
}

/** Errors of errors are kept so deep, which also ends a circle. */
const DEEPEST_CAUSE = 8;
/** Properties of an error that are not enumerable. */
const HIDDEN_FIELDS: readonly string[] = ["cause", "errors"];

/** Classes of this package by the names of their modules' exports, and those of the language and the runtime. */
const KNOWN: ErrorClasses = {
  ...classesIn(runtimeErrors()),
  ...classesIn({
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
  }),
  ...classesIn(core),
  ...classesIn(entropy),
  ...classesIn(image),
};

/**
 * Takes an error apart, so that it can leave a worker. Class, code, other fields and causes are kept.
 *
 * @param error What was thrown.
 * @param more Classes beside those of this package, the language and the runtime, by name.
 * @returns Plain data for {@linkcode revivedError}.
 */
export function plainError(error: unknown, more: ErrorClasses = {}): PlainError {
  return plainErrorAt(error, { ...KNOWN, ...more }, DEEPEST_CAUSE);
}

/**
 * Makes an error of the same class again.
 *
 * @param plain As it came out of the worker.
 * @param more As {@linkcode plainError} was given.
 * @returns The error, with the stack of the worker.
 */
export function revivedError(plain: PlainError, more: ErrorClasses = {}): Error {
  return revivedFrom(plain, { ...KNOWN, ...more });
}

function plainErrorAt(error: unknown, classes: ErrorClasses, depth: number): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "", fields: {} };
  const { name, message, stack = "" } = error;
  if (error instanceof DOMException) return { type: DOM_EXCEPTION, name, message, stack, fields: {} };
  const type = typeOf(error, classes);
  const fields: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(error), ...HIDDEN_FIELDS])) {
    if (key === "name" || key === "message" || key === "stack") continue;
    const value = plainField(Reflect.get(error, key), classes, depth);
    if (value !== undefined) fields[key] = value;
  }
  return { type, name, message, stack, fields };
}

/** `undefined` for what does not travel, such as functions, and for errors deeper than is kept. */
function plainField(value: unknown, classes: ErrorClasses, depth: number): unknown {
  if (value instanceof Error) {
    return depth === 0 ? undefined : { plainError: plainErrorAt(value, classes, depth - 1) };
  }
  if (Array.isArray(value)) return value.map((item) => plainField(item, classes, depth));
  return value === null || ["string", "number", "boolean", "bigint"].includes(typeof value)
    ? value
    : undefined;
}

function revivedFrom({ type, name, message, stack, fields }: PlainError, classes: ErrorClasses): Error {
  if (type === DOM_EXCEPTION) return new DOMException(message, name);
  const error = new Error(message);
  const known = type !== undefined && Object.hasOwn(classes, type) ? classes[type] : Error;
  Object.setPrototypeOf(error, known.prototype);
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  if (stack !== "") define("stack", stack, false);
  if (error.name !== name) define("name", name, true);
  for (const [key, value] of Object.entries(fields)) {
    define(key, revivedField(value, classes), !HIDDEN_FIELDS.includes(key));
  }
  return error;
}

function revivedField(value: unknown, classes: ErrorClasses): unknown {
  if (Array.isArray(value)) return value.map((item) => revivedField(item, classes));
  return value !== null && typeof value === "object"
    ? revivedFrom((value as PlainField).plainError, classes)
    : value;
}

/** The name of an error's class, or of the nearest one above it that is known. */
function typeOf(error: Error, classes: ErrorClasses): string {
  for (
    let prototype = Object.getPrototypeOf(error);
    prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const known = Object.entries(classes).find(([, type]) => type.prototype === prototype);
    if (known) return known[0];
  }
  return "Error";
}

/** Not a class of errors that can be made by its prototype: its name is what tells its kind. */
const DOM_EXCEPTION = "DOMException";

function classesIn(exports: object): ErrorClasses {
  const classes = Object.entries(exports).filter(([, value]) =>
    typeof value === "function" && (value === Error || value.prototype instanceof Error)
  );
  return Object.fromEntries(classes);
}

/** `Deno.errors`, where there is Deno. */
function runtimeErrors(): object {
  return host.errorClasses ?? {};
}
