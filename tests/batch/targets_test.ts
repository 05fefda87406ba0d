import { assertEquals } from "@std/assert";
import { assignTargets } from "../../src/batch/targets.ts";

const targets = (paths: string[], folder?: string) =>
  assignTargets(
    paths.map((path) => ({ path, name: path.replace(/^in\//, "") })),
    ".vaer",
    folder,
  ).map(({ target }) => target);

Deno.test("assignTargets() writes beside the sources, or in a folder with the structure kept", () => {
  assertEquals(targets(["in/a.png", "in/b/c.d.jpg", "in/e"]), ["in/a.vaer", "in/b/c.d.vaer", "in/e.vaer"]);
  assertEquals(targets(["in/a.png", "in/b/c.jpg"], "out/"), ["out/a.vaer", "out/b/c.vaer"]);
  assertEquals(targets(["in/a.png"], "/"), ["//a.vaer"]);
});

Deno.test("assignTargets() keeps the endings of sources that differ in nothing else", () => {
  assertEquals(
    targets(["in/a.png", "in/a.jpg", "in/b/a.png"]),
    ["in/a.png.vaer", "in/a.jpg.vaer", "in/b/a.vaer"],
  );
});

Deno.test("assignTargets() never gives two sources one target", () => {
  const same = assignTargets(
    [{ path: "x/a.png", name: "a.png" }, { path: "y/a.png", name: "a.png" }],
    ".vaer",
    "out",
  );
  assertEquals(same.map(({ target }) => target), ["out/a.png.vaer", "out/a.png-2.vaer"]);
});

Deno.test("assignTargets() takes a name that begins with a dot for a name", () => {
  assertEquals(targets(["in/.png"]), ["in/.png.vaer"]);
});
