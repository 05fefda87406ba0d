import { assertEquals } from "@std/assert";
import { partPath, writeWhole } from "../../src/batch/whole_file.ts";
import { compress, inspect } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { runCli } from "../cli/run_cli.ts";
import { withFolder } from "../with_folder.ts";

/** The most bytes that a name may have in most file systems. */
const NAME_BYTES = 255;

const bytesOf = (name: string) => new TextEncoder().encode(name).length;

/** Names of up to the most bytes, of characters of one to four bytes. */
const NAMES = ["a", "é", "畫", "🖼"].flatMap((character) =>
  [1, 20, 128, 129, 130, 131, 235, 236, 241, 250, 251, 252, 253, 254, 255].map((byteLength) =>
    character.repeat(byteLength / bytesOf(character)).padEnd(1, "b")
  )
);

Deno.test("a part file is in the target's folder, ends in .part, and its name fits wherever the target's does", () => {
  for (const folder of ["", "/", "some/", "/a/b.c/", `/${"deep/".repeat(60)}`]) {
    for (const name of NAMES) {
      const part = partPath(folder + name), own = part.slice(folder.length);
      assertEquals([part.startsWith(folder), own.includes("/"), own.endsWith(".part")], [true, false, true]);
      assertEquals(bytesOf(own) <= Math.max(143, bytesOf(name)), true, own);
      assertEquals(own.includes("\ufffd"), false, own);
    }
  }
});

Deno.test("part files of one token differ where the targets do, also in their last byte only", () => {
  const names = Array.from(
    { length: 50 },
    (_, i) => ["", "x".repeat(253)].map((start) => `${start}${i + 10}`),
  );
  const parts = names.flat().map((name) => partPath(`folder/${name}`, "token"));
  assertEquals(new Set(parts).size, names.flat().length);
  assertEquals(partPath("x".repeat(255), "token"), partPath("x".repeat(255), "token"));
});

Deno.test("a target may have the longest name of the file system, made and replaced, and nothing else is left", async () => {
  await withFolder(async (folder) => {
    for (const name of NAMES) {
      for (const bytes of [Uint8Array.of(1, 2), Uint8Array.of(3)]) {
        await writeWhole(`${folder}/${name}`, bytes);
        assertEquals(await Deno.readFile(`${folder}/${name}`), bytes);
      }
    }
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      [...new Set(NAMES)].sort(),
    );
  });
});

Deno.test("the commands write targets of the longest names, one by one and in batches", async () => {
  await withFolder(async (folder) => {
    const long = "b".repeat(NAME_BYTES - ".vaer".length), picture = syntheticPicture(40, 30);
    await Deno.mkdir(`${folder}/in`);
    for (const name of [long.slice(1), `c${long.slice(2)}`]) {
      await Deno.writeFile(`${folder}/in/${name}.png`, await encodePng(picture));
    }
    const batch = await runCli(["compress", "in", "-d", "out", "-q", "30"], { cwd: folder });
    assertEquals([batch.code, /^2 done in/.test(batch.out)], [0, true], batch.err);
    const source = `in/${long.slice(1)}.png`, output = `${long}.vaer`;
    const single = await runCli(["compress", source, "-o", output, "-q", "30"], { cwd: folder });
    assertEquals(
      [single.code, inspect(await Deno.readFile(`${folder}/${output}`)).width],
      [0, 40],
      single.err,
    );
    await Deno.writeFile(`${folder}/${output}`, await compress(picture, { lossless: true }));
    const back = await runCli(["decompress", output, "-d", "back"], { cwd: folder });
    assertEquals(back.code, 0, back.err);
    assertEquals([...Deno.readDirSync(`${folder}/back`)].map(({ name }) => name), [`${long}.png`]);
  });
});
