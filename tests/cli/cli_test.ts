import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodePicture, psnr } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const png = await encodePng(syntheticPicture(90, 61));

Deno.test("compress and decompress, in processes of their own, agree on the PSNR", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    const compressed = await runCli(["compress", `${folder}/in.png`, "-q", "70", "--json"]);
    assertEquals(compressed.code, 0, compressed.err);
    const told = JSON.parse(compressed.out);
    assertEquals([told.input, told.output], [`${folder}/in.png`, `${folder}/in.vaer`]);
    assertEquals([told.width, told.height, told.quality, told.model], [90, 61, 70, "vaerans-4"]);
    assertEquals(told.bytes, (await Deno.stat(told.output)).size);
    assertAlmostEquals(told.bpp, 8 * told.bytes / (90 * 61), 1e-9);
    assertEquals(told.timings.total > 0, true);
    const decompressed = await runCli(["decompress", told.output, "-o", `${folder}/out.png`, "--json"]);
    assertEquals(decompressed.code, 0, decompressed.err);
    assertEquals(JSON.parse(decompressed.out).output, `${folder}/out.png`);
    const shown = await decodePicture(await Deno.readFile(`${folder}/out.png`));
    assertAlmostEquals(psnr(syntheticPicture(90, 61), shown), told.psnr, 0.01);
    assertEquals(names(folder), ["in.png", "in.vaer", "out.png"]);
  });
});

Deno.test("inspect needs no model, and no permission but to read the file", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    await runCli(["compress", `${folder}/in.png`, "-q", "15", "--no-psnr"]);
    const { code, out, err } = await runCli(["inspect", `${folder}/in.vaer`, "--json"], {
      permissions: [`-R=${folder}`],
    });
    assertEquals(code, 0, err);
    assertEquals([JSON.parse(out).width, JSON.parse(out).model], [90, "vaerans-8"]);
    const plain = await runCli(["inspect", `${folder}/in.vaer`]);
    assertStringIncludes(plain.out, "90×61 pixels");
  });
});

Deno.test("standard input and output can stand for files", async () => {
  const compressed = await runCli(["compress", "-", "-q", "20"], { stdin: png });
  assertEquals(compressed.code, 0, compressed.err);
  assertStringIncludes(compressed.err, "bits per pixel");
  const decompressed = await runCli(["decompress", "-"], { stdin: compressed.bytes });
  assertEquals(decompressed.code, 0, decompressed.err);
  assertEquals((await decodePicture(decompressed.bytes)).height, 61);
});

Deno.test("an output that exists is kept unless forced", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    await Deno.writeTextFile(`${folder}/in.vaer`, "mine");
    const refused = await runCli(["compress", `${folder}/in.png`]);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, "--force");
    assertEquals(await Deno.readTextFile(`${folder}/in.vaer`), "mine");
    assertEquals((await runCli(["compress", `${folder}/in.png`, "--force"])).code, 0);
    assertEquals((await Deno.stat(`${folder}/in.vaer`)).size > 10, true);
  });
});

Deno.test("failures are one line that names the file, a non-zero exit, and nothing written", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    await runCli(["compress", `${folder}/in.png`, "-q", "30", "--no-psnr"]);
    const good = await Deno.readFile(`${folder}/in.vaer`);
    const flipped = good.slice();
    flipped[40] ^= 1;
    await Deno.writeFile(`${folder}/flipped.vaer`, flipped);
    await Deno.writeFile(`${folder}/short.vaer`, good.subarray(0, good.length - 2));
    await Deno.writeFile(`${folder}/cut.png`, png.subarray(0, 100));
    await Deno.writeTextFile(`${folder}/text.png`, "no picture");
    await Deno.writeFile(`${folder}/empty.png`, new Uint8Array(0));
    const huge = good.slice(0, 4);
    await Deno.writeFile(
      `${folder}/huge.vaer`,
      Uint8Array.of(...huge, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0, 0, 3, 1, 1),
    );
    const before = names(folder);
    const cases: [args: string[], file: string, words: string][] = [
      [["compress", "absent.png"], "absent.png", "there must be a file"],
      [["inspect", folder], folder, "folder"],
      [["compress", "text.png"], "text.png", "its format must be"],
      [["compress", "cut.png"], "cut.png", "damage"],
      [["compress", "empty.png"], "empty.png", "its format must be"],
      [["inspect", "short.vaer.part"], "short.vaer.part", "there must be a file"],
      [["compress", "in.png", "-f", "--model", "./absent/"], "in.png", "manifest.json"],
      [["compress", "in.png", "-o", "nowhere/out.vaer"], "nowhere/out.vaer", "folder"],
      [["decompress", "flipped.vaer"], "flipped.vaer", "Fetch"],
      [["decompress", "short.vaer"], "short.vaer", "must have at least"],
      [["decompress", "huge.vaer"], "huge.vaer", "Cannot read"],
      [["decompress", "in.png", "-o", "x.png"], "in.png", "56 C6 52"],
      [["inspect", "text.png"], "text.png", "56 C6 52"],
    ];
    for (const [args, file, words] of cases) {
      const placed = args.map((arg, i) => i > 0 && /\.(png|vaer)$/.test(arg) ? `${folder}/${arg}` : arg);
      const { code, out, err } = await runCli(placed);
      assertEquals([code, out], [1, ""], `${args.join(" ")}: ${err}`);
      assertEquals(err.trimEnd().split("\n").length, 1, err);
      assertStringIncludes(err, file);
      assertStringIncludes(err, words);
      assertEquals(names(folder), before, args.join(" "));
    }
  });
});

Deno.test("--trace writes what each step took, and shows it as a table on standard error", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    const args = ["compress", `${folder}/in.png`, "--lossless", "--no-psnr", "--tile-side", "64"];
    const compressed = await runCli([...args, "--json", "--trace", `${folder}/c.json`]);
    assertEquals(compressed.code, 0, compressed.err);
    assertEquals(JSON.parse(compressed.out).trace, undefined);
    assertMatch(
      compressed.err,
      /^step +n +output +bytes +ms +%\n(.*\n)*ANSEncode\(encode\).*\n(.*\n)*total /,
    );
    const decompressed = await runCli([
      "decompress",
      `${folder}/in.vaer`,
      "-fo",
      `${folder}/out.png`,
      "--trace",
      `${folder}/d.json`,
    ]);
    assertEquals(decompressed.code, 0, decompressed.err);
    for (const [name, step] of [["c", "ANSEncode(encode)"], ["d", "ANSDecode(decode)"]]) {
      const { traceEvents } = JSON.parse(await Deno.readTextFile(`${folder}/${name}.json`));
      const found = traceEvents.filter((event: { name: string }) => event.name === step);
      assertEquals(found.length, 2); // 90 pixels are two groups of 64
      // One clock, though workers have their own: within these processes' own time, not since the epoch.
      for (const { ts, dur } of found) assertEquals([dur >= 0, ts > 0, ts < 3.6e9], [true, true, true]);
    }
    const again = await runCli([...args, "-o", `${folder}/other.vaer`, "--trace", `${folder}/c.json`]);
    assertEquals(again.code, 1);
    assertStringIncludes(again.err, "c.json: Cannot write it: there must be no file");
    const several = await runCli(["compress", folder, "--trace", `${folder}/t.json`]);
    assertEquals(several.code, 2);
  });
});

Deno.test("wrong usage exits with 2 and points to --help", async () => {
  for (
    const args of [
      ["compress"],
      ["compress", "a", "b", "-o", "c"],
      ["compress", "a", "-"],
      ["compress", "a", "b", "-j", "0"],
      ["compress", "a", "-q", "0"],
      ["compress", "a", "-q", "x"],
      ["compress", "a", "--nope"],
      ["squeeze"],
      ["compress", "-", "--json"],
      ["compress", "a", "--entropy", "zip"],
    ]
  ) {
    const { code, err } = await runCli(args);
    assertEquals(code, 2, args.join(" "));
    assertMatch(err, /--help/);
  }
});

Deno.test("--help prints usage on standard output", async () => {
  for (const command of ["compress", "decompress", "inspect", "demo"]) {
    const { code, out } = await runCli([command, "--help"]);
    assertEquals(code, 0);
    assertStringIncludes(out, `Usage: vaerans ${command}`);
  }
  const { out } = await runCli(["--help"]);
  assertStringIncludes(out, "inspect                prints what a .vaer file holds");
  const none = await runCli([]);
  assertEquals([none.code, none.out], [2, out]);
  assertStringIncludes((await runCli(["help"])).out, "Usage: vaerans inspect");
  assertEquals((await runCli(["help", "view"])).out, (await runCli(["view", "--help"])).out);
});

Deno.test("a stack trace is printed only when asked for", async () => {
  assertStringIncludes((await runCli(["inspect", import.meta.filename!, "--stack"])).err, "at ");
});

Deno.test("demo prints a row a quality", async () => {
  const { code, out, err } = await runCli(["demo", "--json"]);
  assertEquals(code, 0, err);
  const { results } = JSON.parse(out);
  assertEquals(results.length, 5);
  for (const { bpp, psnr } of results) assertEquals(bpp > 0 && psnr > 20, true);
});

Deno.test("16 bits, alpha and metadata go through the command line; --strip and --region do as they say", async () => {
  await withFolder(async (folder) => {
    const data = Uint16Array.from({ length: 4 * 50 * 40 }, (_, i) => (i * 977) & 0xffff);
    const metadata = { xmp: new TextEncoder().encode("<x/>") };
    const picture = { data, width: 50, height: 40, metadata };
    await Deno.writeFile(`${folder}/a.png`, await encodePng(picture));
    assertEquals((await runCli(["compress", `${folder}/a.png`, "--lossless"])).code, 0);
    assertEquals((await runCli(["decompress", `${folder}/a.vaer`, "-f"])).code, 0);
    const back = await decodePicture(await Deno.readFile(`${folder}/a.png`), { keepDepth: true });
    assertEquals([back.data, back.metadata], [data, metadata]);
    await runCli(["compress", `${folder}/a.png`, "--lossless", "--strip", "-f"]);
    const region = ["--region", "5,6,7,8", "-o", `${folder}/r.png`];
    assertEquals((await runCli(["decompress", `${folder}/a.vaer`, ...region])).code, 0);
    const part = await decodePicture(await Deno.readFile(`${folder}/r.png`), { keepDepth: true });
    assertEquals([part.width, part.height, part.metadata], [7, 8, undefined]);
    assertEquals([...part.data.slice(0, 4)], [...data.slice(4 * (6 * 50 + 5), 4 * (6 * 50 + 6))]);
    assertEquals((await runCli(["decompress", `${folder}/a.vaer`, "--region", "1,2"])).code, 2);
  });
});
