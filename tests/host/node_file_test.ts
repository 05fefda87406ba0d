import { assertEquals } from "@std/assert";
import { closeSync, ftruncateSync, openSync, read, statSync, write } from "node:fs";
import { NodeFile } from "../../src/host/node_file.ts";
import { withFolder } from "../with_folder.ts";

/** Opens a file as the package for Node does. */
function opened(path: string, flags: string): NodeFile {
  const rid = openSync(path, flags);
  let isOpen = true;
  const close = () => {
    isOpen = false;
    closeSync(rid);
  };
  return new NodeFile({
    rid,
    readable: new ReadableStream(),
    writable: new WritableStream(),
    stat: () => Promise.resolve(statSync(path)),
    truncate: (length) => Promise.resolve(ftruncateSync(rid, length)),
    close,
    [Symbol.dispose]: () => isOpen && close(),
  }, { read, write } as ConstructorParameters<typeof NodeFile>[1]);
}

Deno.test("a file in Node is read in turn, and from the places that are sought, to its end", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a`;
    await Deno.writeFile(path, Uint8Array.from({ length: 10 }, (_, i) => i));
    using file = opened(path, "r");
    const target = new Uint8Array(4);
    assertEquals([await file.read(target), [...target]], [4, [0, 1, 2, 3]]);
    assertEquals(await file.seek(1, 1), 5);
    assertEquals([await file.read(target), [...target]], [4, [5, 6, 7, 8]]);
    assertEquals([await file.read(target), target[0]], [1, 9]);
    assertEquals(await file.read(target), null);
    assertEquals(await file.seek(-3, 2), 7);
    assertEquals([await file.read(target), [...target.subarray(0, 3)]], [3, [7, 8, 9]]);
    assertEquals(await file.seek(0n, 0), 0);
    assertEquals([await file.read(target), target[0]], [4, 0]);
    assertEquals(await file.read(new Uint8Array()), 0);
  });
});

Deno.test("a file in Node is written in turn and at a place, cut, and closed once", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a`;
    {
      using file = opened(path, "w+");
      await file.lock();
      assertEquals(await file.write(Uint8Array.of(1, 2, 3)), 3);
      assertEquals(await file.write(Uint8Array.of(4)), 1);
      await file.seek(1, 0);
      await file.write(Uint8Array.of(9, 9));
      await file.truncate(3);
      file.close();
    }
    assertEquals([...await Deno.readFile(path)], [1, 9, 9]);
  });
});

Deno.test("a device, which has no places, is read and written", async () => {
  if (Deno.build.os === "windows") return;
  using zeros = opened("/dev/zero", "r"), nothing = opened("/dev/null", "w");
  assertEquals(await zeros.read(new Uint8Array(5)), 5);
  assertEquals(await nothing.write(new Uint8Array(5)), 5);
});
