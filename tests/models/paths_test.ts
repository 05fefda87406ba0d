import { assertEquals } from "@std/assert";
import * as posix from "npm:deno-std@1.4.0/path/posix/mod.js";
import * as windows from "npm:deno-std@1.4.0/path/windows/mod.js";
import { fromFolder, namesFolder, withinFolder, withoutEndSeparators } from "../../src/models/paths.ts";

Deno.test("withinFolder() adds one separator, keeps '..' and keeps roots", () => {
  const cases: [folder: string, name: string, path: string][] = [
    ["photos", "a.png", "photos/a.png"],
    ["photos//", "b/a.png", "photos/b/a.png"],
    ["link/..", "a.png", "link/../a.png"],
    [".", "a.png", "./a.png"],
    ["/", "a.png", "/a.png"],
    ["photos", "", "photos"],
  ];
  for (const kind of [posix, windows]) {
    for (const [folder, name, path] of cases) assertEquals(withinFolder(folder, name, kind), path);
  }
  const onWindows: typeof cases = [
    ["C:\\photos", "a.png", "C:\\photos/a.png"],
    ["C:\\photos\\", "b/a.png", "C:\\photos/b/a.png"],
    ["C:\\", "a.png", "C:\\a.png"],
    ["\\\\server\\share\\", "a.png", "\\\\server\\share/a.png"],
    ["..\\photos\\/", "a.png", "..\\photos/a.png"],
  ];
  for (const [folder, name, path] of onWindows) assertEquals(withinFolder(folder, name, windows), path);
  // A backslash is part of a name elsewhere.
  assertEquals(withinFolder("photos\\", "a.png", posix), "photos\\/a.png");
});

Deno.test("withoutEndSeparators() keeps the root of a drive", () => {
  for (
    const [folder, bare] of [["a\\b\\\\", "a\\b"], ["a/b/", "a/b"], ["C:\\", "C:\\"], ["C:/x/", "C:/x"], [
      "/",
      "/",
    ]]
  ) {
    assertEquals(withoutEndSeparators(folder, windows), bare);
  }
  assertEquals([withoutEndSeparators("a//", posix), withoutEndSeparators("a\\", posix)], ["a", "a\\"]);
});

Deno.test("fromFolder() leaves absolute paths and puts others beneath the folder", () => {
  for (
    const [folder, path, expected] of [
      ["/home/me", "nets/a.onnx", "/home/me/nets/a.onnx"],
      ["/home/me", "./nets/a.onnx", "/home/me/nets/a.onnx"],
      ["/home/me", "../a.onnx", "/home/me/../a.onnx"],
      ["/home/me", "/a.onnx", "/a.onnx"],
      ["/home/me", ".hidden/a.onnx", "/home/me/.hidden/a.onnx"],
      ["/", "a.onnx", "/a.onnx"],
    ]
  ) {
    assertEquals(fromFolder(folder, path, posix), expected);
  }
  for (
    const [folder, path, expected] of [
      ["C:\\me", "nets\\a.onnx", "C:\\me/nets\\a.onnx"],
      ["C:\\me", ".\\nets\\a.onnx", "C:\\me/nets\\a.onnx"],
      ["C:\\me", "./a.onnx", "C:\\me/a.onnx"],
      ["C:\\me", "D:\\a.onnx", "D:\\a.onnx"],
      ["C:\\me", "D:/a.onnx", "D:/a.onnx"],
      ["C:\\me", "\\\\server\\share\\a.onnx", "\\\\server\\share\\a.onnx"],
    ]
  ) {
    assertEquals(fromFolder(folder, path, windows), expected);
  }
});

Deno.test("namesFolder() tells paths from bare names by the separators of the system", () => {
  for (const path of ["./model", "a/b", "/a"]) {
    assertEquals([namesFolder(path, posix), namesFolder(path, windows)], [true, true]);
  }
  for (const path of [".\\model", "C:\\models\\mine"]) {
    assertEquals([namesFolder(path, posix), namesFolder(path, windows)], [false, true]);
  }
  assertEquals([namesFolder("vaerans-8", posix), namesFolder("vaerans-8", windows)], [false, false]);
});
