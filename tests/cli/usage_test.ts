import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { inspect } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { main } from "../../src/cli/main.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const png = await encodePng(syntheticPicture(60, 40));
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Runs a command in this process, since there are many, that must be refused as wrong usage before any work. */
async function refused(args: readonly string[], words: string): Promise<void> {
  const lines: string[] = [], { error } = console;
  console.error = (line: string) => lines.push(line);
  try {
    assertEquals(await main(args), 2, `${args.join(" ")}: ${lines.join(" ")}`);
  } finally {
    console.error = error;
  }
  assertStringIncludes(`${lines[0]}\n`, words);
  assertEquals(lines.slice(1), ["Run with --help for usage."]);
}

Deno.test("option values that are out of range are refused with the option, its rule and the value", async () => {
  const cases: [args: string[], words: string][] = [
    [["-q", "0"], "--quality must be a number from 1 to 100 (got 0)"],
    [["-q", "-3"], "--quality must be a number from 1 to 100 (got -3)"],
    [["--bytes", "-5"], "--bytes must be a whole number of at least 1 (got -5)"],
    [["--bpp", "-.5"], "--bpp must be a number greater than 0 (got -.5)"],
    [["--effort", "-1"], "--effort must be a whole number from 1 to 9 (got -1)"],
    [["-j", "-2"], "--jobs must be a whole number from 1 to 256 (got -2)"],
    [["--memory", "-1GB"], "--memory must be a size with a unit, such as 8GB or 512MiB (got -1GB)"],
    [["-q", "101"], "--quality must be a number from 1 to 100 (got 101)"],
    [["-q", "x"], "--quality must be a number from 1 to 100 (got x)"],
    [["-q", "0x20"], "--quality must be a number from 1 to 100 (got 0x20)"],
    [["--bytes", "10.5"], "--bytes must be a whole number of at least 1 (got 10.5)"],
    [["--bytes", "50kB"], "--bytes must be a whole number of at least 1 (got 50kB)"],
    [["--bpp", "0"], "--bpp must be a number greater than 0 (got 0)"],
    [["--psnr", "101"], "--psnr must be a number from 0 to 100 (got 101)"],
    [["--ssim", "1.1"], "--ssim must be a number from 0 to 1 (got 1.1)"],
    [["--near-lossless", "1.5"], "--near-lossless must be a whole number from 0 to 127 (got 1.5)"],
    [["--effort", "10"], "--effort must be a whole number from 1 to 9 (got 10)"],
    [["--levels", "11"], "--levels must be a whole number from 0 to 10 (got 11)"],
    [["--alpha-error", "128"], "--alpha-error must be a whole number from 0 to 127 (got 128)"],
    [["--tile-side", "wide"], "--tile-side must be a whole number of at least 0 (got wide)"],
    [["--jobs", "0"], "--jobs must be a whole number from 1 to 256 (got 0)"],
    [["--memory", "lots"], "--memory must be a size with a unit, such as 8GB or 512MiB (got lots)"],
    [["--entropy", "statik"], "--entropy must be context or static (got statik). Did you mean static?"],
    [["--wavelet", "cdf97"], "--wavelet must be cdf53 or haar (got cdf97)"],
    [["--tune", "ssim"], "--tune must be look or psnr (got ssim)"],
    [["--device", "tpu"], "--device must be auto, cpu or gpu (got tpu)"],
    [["--runtime", "ort"], "--runtime must be auto, own or onnxruntime (got ort)"],
    [["--model", "vaerans-9"], "Did you mean vaerans-8 or vaerans-4?"],
    [["--quality"], "--quality must have a value (got none)"],
    [["-o", "a.vaer", "-o", "b.vaer"], "--output must be given once (got a.vaer, b.vaer)"],
    [["-q", "30", "--quality", "30"], "--quality must be given once (got 30, 30)"],
    [["--lossless", "-q", "30"], "there must be at most one target (got --quality and --lossless)"],
    [["--bytes", "100", "--psnr", "30"], "there must be at most one target (got --bytes and --psnr)"],
    [["--qualty", "30"], "(got --qualty). Did you mean --quality?"],
    [["--los"], "(got --los). Did you mean --lossless?"],
    [["--xyzzy"], "options must be those of --help (got --xyzzy).\n"],
  ];
  // The file does not exist: values are refused before it is looked for.
  for (const [args, words] of cases) await refused(["compress", "absent.png", ...args], words);
  await refused(["decompress", "absent.vaer", "--region", "1,2,3"], "--region must be X,Y,WIDTH,HEIGHT");
  await refused(["decompress", "absent.vaer", "--jobs", "x"], "--jobs must be");
  await refused(["decompress", "absent.vaer", "--perview"], "Did you mean --preview?");
  await refused(["compress", ""], 'the name of an input must not be empty (got "")');
  await refused(["serve", "a.png"], "there must be no files (got a.png). Send them to the service");
  await refused(["decompres", "absent.vaer"], "(got decompres). Did you mean decompress?");
  await refused(["xyzzy"], "(got xyzzy)");
});

Deno.test("the result names the target that was asked for, as text and as JSON", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    const cases: [args: string[], words: string, target: unknown][] = [
      [[], "quality 50", { quality: 50 }],
      [["-q", "50.5"], "quality 50.5", { quality: 50.5 }],
      [["--bytes", "900"], "at most 900 bytes", { bytes: 900 }],
      [["--bpp", "2"], "at most 2 bits per pixel", { bpp: 2 }],
      [["--psnr", "30"], "PSNR at least 30 dB", { psnr: 30 }],
      [["--ssim", "0.9"], "MS-SSIM at least 0.9", { ssim: 0.9 }],
      [["--lossless"], "lossless", { lossless: true }],
      [["--near-lossless", "2"], "near-lossless 2", { nearLossless: 2 }],
    ];
    for (const [args, words, target] of cases) {
      const command = ["compress", `${folder}/in.png`, "-f", "--no-psnr", "--effort", "1", ...args];
      const text = await runCli(command);
      assertEquals(text.code, 0, text.err);
      assertMatch(text.out, new RegExp(`, ${words}, [\\d.]+ s\\)\\n$`));
      const json = JSON.parse((await runCli([...command, "--json"])).out);
      assertEquals(json.target, target);
      assertEquals("quality" in json, args.length === 0 || args[0] === "-q");
    }
  });
});

Deno.test("a fractional quality is used exactly: its file differs from those of its neighbours", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    const steps = [];
    for (const quality of ["50", "50.5", "51"]) {
      const args = ["compress", `${folder}/in.png`, "-o", `${folder}/${quality}.vaer`, "-q", quality];
      assertEquals((await runCli([...args, "--model", "vaerans-4", "--no-psnr"])).code, 0);
      steps.push(inspect(await Deno.readFile(`${folder}/${quality}.vaer`)).step);
    }
    assertEquals(steps[0] > steps[1] && steps[1] > steps[2], true, steps.join());
  });
});

Deno.test("--dry-run prints sources, targets, settings and states, and writes nothing", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    await Deno.writeFile(`${folder}/b.png`, png);
    const one = await runCli(["compress", `${folder}/a.png`, "--dry-run", "-q", "20", "--effort", "3"]);
    assertEquals([one.code, one.err], [0, ""]);
    assertStringIncludes(one.out, `${folder}/a.png → ${folder}/a.vaer: would write (PNG, 60×40 pixels`);
    assertStringIncludes(
      one.out,
      "settings: quality 20, model chosen by the target, effort 3, context coder",
    );
    assertEquals(names(folder), ["a.png", "b.png"]);

    assertEquals((await runCli(["compress", folder, "-d", `${folder}/out`, "-q", "20"])).code, 0);
    await Deno.remove(`${folder}/out/b.vaer`);
    const several = await runCli(["compress", folder, "-d", `${folder}/out`, "-q", "20", "--dry-run"]);
    assertEquals([several.code, several.err], [0, ""]);
    assertStringIncludes(several.out, `${folder}/out/a.vaer: up to date`);
    assertStringIncludes(several.out, `${folder}/out/b.vaer: would write (PNG, 60×40 pixels`);
    assertMatch(several.out, /\n1 to do, 1 up to date in .* s\n$/);
    const other = await runCli([
      "compress",
      folder,
      "-d",
      `${folder}/out`,
      "-q",
      "30",
      "--dry-run",
      "--json",
    ]);
    const rows = other.out.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ status }) => status).sort(), ["would replace", "would write", undefined]);
    assertEquals(names(`${folder}/out`), ["a.vaer"]);

    const back = await runCli(["decompress", `${folder}/out/a.vaer`, "--dry-run"]);
    assertEquals([back.code, back.err], [0, ""]);
    assertStringIncludes(back.out, "60×40 pixels");
    assertEquals(names(`${folder}/out`), ["a.vaer"]);

    // What a run would refuse, a dry run refuses too.
    await Deno.writeTextFile(`${folder}/c.png`, "no picture");
    assertEquals((await runCli(["compress", `${folder}/c.png`, "--dry-run"])).code, 1);
    await Deno.writeTextFile(`${folder}/a.vaer`, "mine");
    const kept = await runCli(["compress", `${folder}/a.png`, "--dry-run"]);
    assertEquals(kept.code, 1);
    assertStringIncludes(kept.err, "--force");
  });
});

Deno.test("--verbose prints settings, sections and steps on standard error, for one file and for several", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    for (const target of [["-o", `${folder}/a.vaer`], ["-d", `${folder}/out`]]) {
      const { code, out, err } = await runCli(["compress", `${folder}/a.png`, ...target, "-v"]);
      assertEquals(code, 0, err);
      assertStringIncludes(err, "settings: quality 50, ");
      assertMatch(err, /a\.vaer: sections: latent, \w+ \d+ bytes/);
      assertMatch(err, /a\.vaer: steps: .*OnnxVAEEncode\(encode\) [\d.]+ ms.*total [\d.]+ ms/);
      assertEquals(/steps:/.test(out), false);
    }
    const back = await runCli(["decompress", `${folder}/a.vaer`, "--verbose"]);
    assertMatch(back.err, /steps: .*OnnxVAEDecode(U8)?\(decode\) [\d.]+ ms/);
  });
});

Deno.test("--version prints the version of the package, alone and after a command", async () => {
  for (const args of [["--version"], ["-V"], ["compress", "--version"]]) {
    const { code, out, err } = await runCli(args);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, `vaerans ${config.version}, file format 1, Deno ${Deno.version.deno}`);
  }
});

Deno.test("the help of each command lists every option that the command takes, and the exit codes", async () => {
  const options: { readonly [command: string]: string[] } = {
    compress: [
      ..."output keep-ending quality bytes bpp psnr ssim lossless near-lossless model entropy wavelet levels effort"
        .split(" "),
      ..."device runtime tune strip strip-location alpha-error tile-side no-psnr force json dry-run verbose trace"
        .split(" "),
      ..."stack help directory jobs memory quiet".split(" "),
    ],
    decompress:
      "output model preview region device runtime force json dry-run verbose trace stack help directory jobs memory quiet"
        .split(" "),
    inspect: ["json", "stack", "help"],
    view: ["port", "address-only", "help"],
    serve: ["host", "port", "help"],
    demo: ["json", "help"],
    models: ["directory", "quiet", "json", "stack", "help"],
  };
  for (const [command, names] of Object.entries(options)) {
    const { code, out } = await runCli([command, "--help"]);
    assertEquals(code, 0);
    for (const name of names) assertMatch(out, new RegExp(`--${name}\\b`), `${command} --${name}`);
    for (const line of out.split("\n")) assertEquals(line.length <= 122, true, line);
    assertStringIncludes(out, "Exit codes: 0 ");
  }
});

Deno.test("inspect prints what a truncated file holds, with an error that names --preview, also of a pipe", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    await runCli(["compress", `${folder}/in.png`, "--no-psnr", "-q", "90"]);
    const file = await Deno.readFile(`${folder}/in.vaer`);
    for (const byteCount of [file.length - 1, file.length >> 1, 40]) {
      const cut = file.subarray(0, byteCount);
      await Deno.writeFile(`${folder}/cut.vaer`, cut);
      for (
        const run of [
          await runCli(["inspect", `${folder}/cut.vaer`]),
          await runCli(["inspect", "-"], { stdin: cut }),
        ]
      ) {
        assertEquals(run.code, 1);
        assertStringIncludes(run.out, "60×40 pixels");
        assertStringIncludes(run.out, `${byteCount} bytes`);
        assertMatch(run.err, /the file is incomplete: .*--preview/);
      }
      const json = JSON.parse((await runCli(["inspect", `${folder}/cut.vaer`, "--json"])).out);
      assertEquals([json.width, json.complete], [60, false]);
    }
    const whole = await runCli(["inspect", "-"], { stdin: file });
    assertEquals([whole.code, whole.err], [0, ""]);
    // Without a whole header there is nothing to print.
    await Deno.writeFile(`${folder}/cut.vaer`, file.subarray(0, 9));
    const none = await runCli(["inspect", `${folder}/cut.vaer`]);
    assertEquals([none.code, none.out], [1, ""]);
  });
});

Deno.test("inspect prints what can be read of a file with a damaged section, and the damage, with exit code 1", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    const options = { cwd: folder };
    assertEquals((await runCli(["compress", "a.png", "--lossless"], options)).code, 0);
    const bytes = await Deno.readFile(`${folder}/a.vaer`);
    bytes[bytes.length - 2] ^= 1; // in the last section
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    const { code, out, err } = await runCli(["inspect", "a.vaer"], options);
    assertEquals(code, 1);
    assertMatch(out, /^size +60×40 pixels$/m);
    assertMatch(out, /^section 0 +exact pixels/m);
    assertMatch(err, /^vaerans: a\.vaer: Cannot read section 1 \(pixel check\)/);
    const json = JSON.parse((await runCli(["inspect", "a.vaer", "--json"], options)).out);
    assertEquals([json.width, json.complete, json.damage.code], [60, false, "section-damaged"]);
    bytes[5] ^= 1; // in the header
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    const header = await runCli(["inspect", "a.vaer"], options);
    assertEquals([header.code, header.out], [1, ""]);
  });
});

Deno.test("a lossy file of a picture of 16 bits comes with a warning, a lossless one without", async () => {
  await withFolder(async (folder) => {
    const { data, width, height } = syntheticPicture(40, 30);
    await Deno.writeFile(
      `${folder}/a.png`,
      await encodePng({ data: Uint16Array.from(data, (v) => 257 * v), width, height }),
    );
    const options = { cwd: folder };
    const lossy = await runCli(["compress", "a.png"], options);
    assertEquals(lossy.code, 0);
    assertMatch(lossy.err, /a\.png: the samples were rounded from 16 to 8 bits/);
    assertEquals((await runCli(["compress", "a.png", "--lossless", "--force"], options)).err, "");
  });
});

Deno.test("names of files and strings in files cannot steer a terminal", async () => {
  await withFolder(async (folder) => {
    const name = "a\x1b[31m\x9b2J.png", shown = "a\\x1b[31m\\x9b2J";
    await Deno.writeFile(`${folder}/${name}`, png);
    await Deno.writeFile(`${folder}/b.png`, png);
    const options = { cwd: folder }, texts: string[] = [];
    for (
      const args of [
        ["compress", name, "-v"],
        ["compress", name],
        ["compress", name, "b.png", "-d", "out", "-v"],
        ["compress", name, "b.png", "-d", "out", "--dry-run"],
        ["inspect", name],
        ["decompress", name.replace("png", "vaer")],
        ["decompress", `none${name}`],
      ]
    ) {
      const { out, err } = await runCli(args, options);
      assertStringIncludes(out + err, shown, args.join(" "));
      texts.push(out + err);
    }
    // deno-lint-ignore no-control-regex -- these are what is looked for
    assertEquals(texts.join("").match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g), null);
  });
});
