import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { withDenoErrors } from "../../src/host/node_errors.ts";

class NotFound extends Error {}
class PermissionDenied extends Error {}
const errors = { NotFound, PermissionDenied };

/** All functions fail in the same way. */
function failing(error: unknown): Record<string, unknown> {
  const fail = () => Promise.reject(error);
  // deno-lint-ignore require-yield
  async function* readDir() {
    await Promise.resolve();
    throw error;
  }
  const names = Object.keys(withDenoErrors({}, errors)).filter((name) => name !== "readDir");
  return { ...Object.fromEntries(names.map((name) => [name, fail])), readDir };
}

function ofNode(code: string): Error {
  return Object.assign(new Error(`${code}: it failed, call 'path'`), { code });
}

Deno.test("errors of Node get the classes of Deno's, with their message and cause, from every function on files", async () => {
  for (const [code, ofCode] of [["ENOENT", NotFound], ["EACCES", PermissionDenied]] as const) {
    const error = ofNode(code), api = withDenoErrors(failing(error), errors);
    const calls = Object.entries(api).filter(([name]) => name !== "readDir");
    assertEquals(calls.length, 16);
    for (const [name, call] of calls) {
      const thrown = await assertRejects(
        () => (call as () => Promise<unknown>)(),
        ofCode,
        error.message,
        name,
      );
      assertStrictEquals(thrown.cause, error);
    }
    const readDir = api.readDir as () => AsyncIterable<unknown>;
    await assertRejects(() => Array.fromAsync(readDir()), ofCode, error.message);
  }
});

Deno.test("other errors and results stay as they are", async () => {
  for (const error of [ofNode("EIO"), new TypeError("not a path"), new NotFound("gone")]) {
    const { stat } = withDenoErrors(failing(error), errors) as { stat: () => Promise<unknown> };
    assertStrictEquals(await stat().catch((thrown) => thrown), error);
  }
  const { stat } = withDenoErrors({ stat: (path: string) => Promise.resolve([path]) }, errors) as {
    stat: (path: string) => Promise<unknown>;
  };
  assert(Array.isArray(await stat("a")));
});
