import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as api from "../../src/core/mod.ts";
import * as imageApi from "../../src/image/mod.ts";
import * as entropyApi from "../../src/entropy/mod.ts";
import * as systemsApi from "../../src/systems/mod.ts";
import { FILE_ERRORS, FileError } from "../../src/batch/file_error.ts";
import {
  type ErrorClass,
  type PlainError,
  plainError,
  revivedError,
} from "../../src/concurrency/error_codec.ts";

type Constructor = new (...args: unknown[]) => Error;

/** Every error class that the package exports, by its name. */
const exported = new Map<string, Constructor>(
  [api, entropyApi, imageApi, systemsApi].flatMap((module) => Object.entries(module)).filter(
    (entry): entry is [string, Constructor] =>
      typeof entry[1] === "function" && entry[1].prototype instanceof Error,
  ),
);

/** As it comes out of a worker: structured clone is what messages go through. */
function sent(error: unknown): Error {
  return revivedError(structuredClone(plainError(error, FILE_ERRORS)) as PlainError, FILE_ERRORS);
}

Deno.test("every error class that the package exports keeps class, name, code, message and cause", () => {
  assert(exported.size >= 12, [...exported.keys()].join());
  for (const [name, Class] of exported) {
    const cause = new RangeError("the reason");
    const error = Class === api.PipeError as unknown
      ? new api.PipeError(["A", "B"], new api.ModelError("model-hash", "it differs"), [3, 4])
      : new Class("some-code", "what happened", { cause, section: 2 });
    const back = sent(error);
    assertEquals(Object.getPrototypeOf(back), Class.prototype, name);
    assertInstanceOf(back, Class as ErrorClass as Constructor);
    assertEquals([back.name, back.message, back.stack], [error.name, error.message, error.stack], name);
    for (const key of Object.keys(error)) assertEquals(Reflect.get(back, key), Reflect.get(error, key), key);
    assertInstanceOf(back.cause, Object.getPrototypeOf(error.cause as Error).constructor);
    assertEquals((back.cause as Error).message, (error.cause as Error).message);
    assertEquals(Reflect.get(back, "code"), Class === api.PipeError as unknown ? "model-hash" : "some-code");
  }
});

Deno.test("errors of the language, of Deno and of this package's file rooms keep their classes", () => {
  for (const error of [new TypeError("a"), new Deno.errors.NotFound("b"), new SyntaxError("c")]) {
    assertEquals(Object.getPrototypeOf(sent(error)), Object.getPrototypeOf(error));
    assertEquals(sent(error).name, error.name);
  }
  const file = sent(
    new FileError("a.png", "it is gone", { cause: new Deno.errors.NotFound("no such file") }),
  );
  assertInstanceOf(file, FileError);
  assertEquals(file.message, "a.png: it is gone");
  assertInstanceOf(file.cause, Deno.errors.NotFound);
});

Deno.test("a DOMException keeps its name, so that an abort is told from a failure", () => {
  for (const name of ["AbortError", "TimeoutError", "DataCloneError"]) {
    const back = sent(new DOMException("stopped", name));
    assertInstanceOf(back, DOMException);
    assertEquals([back.name, back.message], [name, "stopped"]);
  }
  const wrapped = sent(new Error("outer", { cause: new DOMException("stopped", "AbortError") }));
  assertEquals((wrapped.cause as DOMException).name, "AbortError");
});

Deno.test("a class that nobody knows becomes the nearest known one, and keeps its own name", () => {
  class Special extends api.BitstreamError {}
  const back = sent(new Special("file-header", "odd"));
  assertEquals(Object.getPrototypeOf(back), api.BitstreamError.prototype);
  assertEquals([back.name, (back as api.BitstreamError).code], ["Special", "file-header"]);
});

Deno.test("what is no error, causes in a circle, several errors and functions do not stop an error", () => {
  assertEquals(sent("a text").message, "a text");
  const circle = new Error("round");
  circle.cause = circle;
  assertEquals((sent(circle).cause as Error).message, "round");
  const several = sent(new AggregateError([new api.GpuError("gpu-lost", "x"), new RangeError("y")], "two"));
  const [first, second] = (several as AggregateError).errors;
  assertInstanceOf(first, api.GpuError);
  assertInstanceOf(second, RangeError);
  const odd = Object.assign(new Error("odd"), { call: () => 1, list: [1, "b"], nothing: null });
  assertEquals({ ...sent(odd) }, { list: [1, "b"], nothing: null } as unknown as Error);
});
