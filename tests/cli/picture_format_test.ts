import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compress, decodePicture, psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { ENCODED_FORMATS, encodePng, extensionOf, sniffFormat } from "../../src/image/mod.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const picture = syntheticPicture(64, 48);
const png = await encodePng(picture);
const vaer = await compress(picture, { lossless: true });

/** Of a file's beginning; PPM and PAM are not among the formats that are read. */
function formatOf(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(bytes[0], bytes[1]);
  return start === "P6" ? "ppm" : start === "P7" ? "pam" : sniffFormat(bytes);
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("decompress writes the format that the output's ending names", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, vaer);
    const endings = {
      png: "png",
      jpg: "jpeg",
      JPEG: "jpeg",
      webp: "webp",
      avif: "avif",
      jxl: "jxl",
      ppm: "ppm",
    };
    for (const [ending, format] of Object.entries(endings)) {
      const output = `${folder}/out.${ending}`;
      const { code, err } = await runCli(["decompress", `${folder}/a.vaer`, "-o", output]);
      assertEquals(code, 0, err);
      const file = await Deno.readFile(output);
      assertEquals(formatOf(file), format, ending);
      if (format === "ppm" || format === "pam") continue;
      const decibels = psnr(picture, await decodePicture(file));
      assert(decibels > (format === "png" ? 1000 : 25), `${format}: ${decibels} dB`);
    }
  });
});

Deno.test("--format says what a pipe, a folder and a name without ending hold", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, vaer);
    const piped = await runCli(["decompress", "-", "--format", "webp"], { stdin: vaer });
    assertEquals([piped.code, formatOf(piped.bytes)], [0, "webp"], piped.err);
    const beside = await runCli(["decompress", folder, "--format", "jpeg"]);
    assertEquals([beside.code, names(folder)], [0, ["a.decoded.jpg", "a.vaer"]], beside.err);
    const { size } = await Deno.stat(`${folder}/a.decoded.jpg`);
    assertStringIncludes(beside.err, `64×48, ${size} bytes`);
    const lower = await runCli(["decompress", folder, "--format", "jpg", "-q", "20", "-d", `${folder}/out`]);
    assertEquals(lower.code, 0, lower.err);
    assert((await Deno.stat(`${folder}/out/a.jpg`)).size < size);
    const again = await runCli(["decompress", folder, "--format", "jpg", "-q", "20", "-d", `${folder}/out`]);
    assertEquals(/1 up to date/.test(again.out), true, again.out);
    const other = await runCli(["decompress", folder, "--format", "jpg", "-q", "30", "-d", `${folder}/out`]);
    assertEquals(/^1 done/.test(other.out), true, other.out + other.err);
    const plain = await runCli(["decompress", `${folder}/a.vaer`, "-o", `${folder}/plain`]);
    assertEquals([plain.code, formatOf(await Deno.readFile(`${folder}/plain`))], [0, "png"]);
  });
});

Deno.test("--lossless gives every sample in the formats that can", async () => {
  for (const format of ["png", "webp", "avif", "jxl"]) {
    const { code, bytes, err } = await runCli(["decompress", "-", "--format", format, "--lossless"], {
      stdin: vaer,
    });
    assertEquals(code, 0, err);
    assertEquals(psnr(picture, await decodePicture(bytes)), Infinity, format);
  }
});

Deno.test("other endings, and options that do not go together, are refused before any work", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, vaer.subarray(0, 9)); // damaged: work would fail with 1
    const wrong = [
      ["-o", "out.gif"],
      ["-o", "out.vaer"],
      ["-o", "out.png.bak"],
      ["-o", "out.png", "--format", "jpeg"],
      ["--format", "tiff"],
      ["-q", "50"],
      ["-o", "out.ppm", "-q", "50"],
      ["-o", "out.jpg", "-q", "0"],
      ["-o", "out.jpg", "-q", "50.5"],
      ["-o", "out.jpg", "--lossless"],
      ["-o", "out.webp", "--lossless", "-q", "80"],
    ];
    for (const args of wrong) {
      const { code, err } = await runCli(["decompress", "a.vaer", ...args], { cwd: folder });
      assertEquals(code, 2, `${args.join(" ")}: ${err}`);
      if (args.length === 2 && args[0] === "-o") {
        assertStringIncludes(err, `.${ENCODED_FORMATS.map(extensionOf).join(", .")}`);
      }
    }
    assertEquals(names(folder), ["a.vaer"]);
  });
});

Deno.test("compress and decompress beside an original never touch it, nor propose to", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/x.png`, png);
    for (const args of [["compress", "x.png"], ["decompress", "x.vaer"]]) {
      const { code, err } = await runCli(args, { cwd: folder });
      assertEquals(code, 0, err);
    }
    assertEquals(names(folder), ["x.decoded.png", "x.png", "x.vaer"]);
    const again = await runCli(["decompress", "x.vaer"], { cwd: folder });
    assertEquals([again.code, /x\.png/.test(again.err)], [1, false], again.err);
    assertEquals(await Deno.readFile(`${folder}/x.png`), png);
  });
});

Deno.test("a format without alpha says what became of it", async () => {
  const holes = { ...picture, data: picture.data.map((value, i) => i % 4 === 3 && i < 400 ? 0 : value) };
  const stdin = await compress(holes, { lossless: true });
  const lossy = await runCli(["decompress", "-", "--format", "jpeg"], { stdin });
  assertEquals(lossy.code, 0, lossy.err);
  assertStringIncludes(lossy.err, "laid on white");
  assertEquals((await runCli(["decompress", "-"], { stdin })).err.includes("white"), false);
});
