import { assertEquals } from "@std/assert";
import * as posix from "npm:deno-std@1.4.0/path/posix/mod.js";
import * as windows from "npm:deno-std@1.4.0/path/windows/mod.js";
import { endingOf, isPattern, patternParts, withoutEnding } from "../../src/batch/names.ts";

const ENDINGS = new Set(["png", "jpg"]);

Deno.test("the ending of a file's name is that of its last part, in lower case", () => {
  for (const kind of [posix, windows]) {
    for (
      const [path, ending] of [
        ["a.png", "png"],
        ["a.b/c.JPG", "jpg"],
        ["a.b/c", ""],
        [".png", ""],
        ["dir/.png", ""],
        ["a.", ""],
        ["a.png.vaer", "vaer"],
      ]
    ) {
      assertEquals(endingOf(path, kind), ending, path);
    }
  }
  assertEquals(endingOf("C:\\a.b\\c", windows), "");
  assertEquals(endingOf("C:\\a.b\\c.PNG", windows), "png");
  assertEquals(endingOf("C:\\a\\.png", windows), "");
});

Deno.test("withoutEnding() removes an ending that is among those given, and nothing else", () => {
  for (
    const [path, bare] of [
      ["C:\\my.photos\\a.png", "C:\\my.photos\\a"],
      ["C:\\my.png\\a", "C:\\my.png\\a"],
      ["C:\\a.2024", "C:\\a.2024"],
      ["photos\\a.PNG", "photos\\a"],
      ["photos/a.b.jpg", "photos/a.b"],
      ["photos\\.png", "photos\\.png"],
    ]
  ) {
    assertEquals(withoutEnding(path, ENDINGS, windows), bare);
  }
  assertEquals(withoutEnding("my.png/a", ENDINGS, posix), "my.png/a");
  assertEquals(withoutEnding("my.png/a.jpg", ENDINGS, posix), "my.png/a");
});

Deno.test("isPattern() finds wildcards behind the separators of the system", () => {
  for (const text of ["*.png", "a/?.png", "a/[bc].png", "a/{b,c}.png", "**/a"]) {
    assertEquals([isPattern(text, posix), isPattern(text, windows)], [true, true]);
  }
  assertEquals([isPattern("a\\*.png", posix), isPattern("a\\*.png", windows)], [false, true]);
  assertEquals([isPattern("C:\\a\\b.png", posix), isPattern("C:\\a\\b.png", windows)], [false, false]);
});

Deno.test("patternParts() cuts a pattern before its first part with a wildcard", () => {
  const of = (folder: string, isFolderNamed: boolean, ...rest: string[]) => ({ folder, isFolderNamed, rest });
  for (const kind of [posix, windows]) {
    assertEquals(patternParts("*.png", kind), of(".", false, "*.png"));
    assertEquals(patternParts("./*.png", kind), of(".", true, "*.png"));
    assertEquals(patternParts("../a/**/b?.png", kind), of("../a", true, "**", "b?.png"));
    assertEquals(patternParts("/*.png", kind), of("/", true, "*.png"));
    assertEquals(patternParts("/a/b/*.png", kind), of("/a/b", true, "*.png"));
  }
  assertEquals(patternParts("C:\\photos\\*.png", windows), of("C:\\photos", true, "*.png"));
  assertEquals(patternParts("C:\\*\\a.png", windows), of("C:\\", true, "*", "a.png"));
  assertEquals(
    patternParts("\\\\server\\share\\in\\*.png", windows),
    of("\\\\server\\share\\in", true, "*.png"),
  );
  assertEquals(patternParts("..\\in/**\\*.{png,jpg}", windows), of("..\\in", true, "**", "*.{png,jpg}"));
});
