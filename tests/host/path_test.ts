import { assertEquals } from "@std/assert";
import * as standard from "npm:deno-std@1.4.0/path/mod.js";
import * as posix from "npm:deno-std@1.4.0/path/posix/mod.js";
import { dirname, isAbsolute, SEPARATOR_PATTERN } from "../../src/host/path.ts";

const PATHS = ["", "a", "a/b", "a/b/", "/", "/a", "/a/b", "..", "../a", ".", "./a/../b", "a\\b"];

Deno.test("paths of the runtime are those of the standard library", () => {
  for (const path of [...PATHS, "C:\\a\\b", "C:\\", "C:", "\\\\server\\share\\a"]) {
    assertEquals(
      [dirname(path), isAbsolute(path)],
      [standard.dirname(path), standard.isAbsolute(path)],
      path,
    );
  }
  assertEquals(SEPARATOR_PATTERN, standard.SEPARATOR_PATTERN);
});

Deno.test("a runtime without files has paths of POSIX", async () => {
  const scope = globalThis as { process?: unknown }, { process } = scope;
  scope.process = undefined;
  try {
    const { href } = new URL("../../src/host/path.ts", import.meta.url);
    const bare: typeof import("../../src/host/path.ts") = await import(`${href}?bare`);
    for (const path of PATHS) {
      const expected = [posix.dirname(path), posix.isAbsolute(path)];
      assertEquals([bare.dirname(path), bare.isAbsolute(path)], expected, path);
    }
  } finally {
    scope.process = process;
  }
});
