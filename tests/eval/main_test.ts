import { assertEquals, assertMatch } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { runDeno } from "../run_deno.ts";
import { withFolder } from "../with_folder.ts";
import { writeMetricPrograms } from "./metric_programs.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs eval with permission to write to a folder. In a command, `@` is the folder; options of programs to run follow it. */
async function runEval(folder: string, command: string, ...programs: string[]) {
  const args = [...command.split(" ").map((word) => word.replace("@", folder)), ...programs];
  const permissions = ["-R", `-W=${folder}`, ...programs.length > 0 ? ["--allow-run"] : []];
  return await runDeno("run -q --no-prompt", [...permissions, `${ROOT}src/eval/main.ts`, ...args], {
    cwd: ROOT,
  });
}

async function makePictures(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/photos/inner`, { recursive: true });
  await Deno.writeFile(`${folder}/photos/one.png`, await encodePng(syntheticPicture(48, 40)));
  await Deno.writeFile(`${folder}/photos/inner/two.jpg`, await encodePng(syntheticPicture(33, 57))); // a PNG all the same
  await Deno.writeTextFile(`${folder}/photos/notes.png`, "not a picture");
}

Deno.test("eval measures every picture and setting, and a second run measures nothing again", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const command = "@/photos -o @/report --models none --peers jpeg,webp --show 0 --qualities 20,60";
    const first = await runEval(folder, `${command} --json`);
    // Eight measurements, and two metrics whose programs may not be run here.
    assertEquals([first.code, first.err.trim().split("\n").length], [0, 8 + 2]);
    assertMatch(first.err, /^cvvdp is left out: .*--cvvdp.*\nbutteraugli is left out: .*libjxl-devtools/);
    const result = JSON.parse(first.out);
    assertEquals(result.pictures, ["inner/two.jpg", "one.png"]);
    assertEquals(result.means.length, 4);
    assertEquals(typeof result.bdRate.psnr.jpeg.webp, "number");
    const table = await Deno.readTextFile(`${folder}/report/results.tsv`);
    assertEquals(table.trim().split("\n").length, 9);

    const second = await runEval(folder, `${command} --json`);
    assertEquals([second.err.trim().split("\n").length, second.out], [2, first.out]);
    assertEquals(await Deno.readTextFile(`${folder}/report/results.tsv`), table);

    const third = await runEval(folder, `${command},80`);
    assertEquals(third.err.trim().split("\n").length, 4 + 2);
    assertMatch(third.out, /## BD-rate at equal MS-SSIM/);
    assertEquals(await Deno.readTextFile(`${folder}/report/summary.md`) + "\n", third.out);
  });
});

Deno.test("eval measures our own codec", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const command = "@/photos/one.png -o @/report --peers none --qualities 20,70 --show 0 --json --quiet";
    const { code, out } = await runEval(folder, command);
    assertEquals(code, 0);
    const [low, high] = JSON.parse(out).means;
    assertEquals([low.codec, high.codec], ["vaerans", "vaerans"]);
    assertEquals(low.bytes < high.bytes, true);
  });
});

Deno.test("eval measures our codec at several efforts and tunes, each by itself", async () => {
  await withFolder(async (folder) => {
    // Large enough that no two of them choose the same coefficients.
    await Deno.writeFile(`${folder}/one.png`, await encodePng(syntheticPicture(160, 120)));
    const choices = "--efforts 5,1 --tunes look,psnr --json --quiet";
    const command = "@/one.png -o @/report --peers none --qualities 30 --show 0";
    const { code, out } = await runEval(folder, `${command} ${choices}`);
    assertEquals(code, 0);
    const means: { codec: string; bytes: number }[] = JSON.parse(out).means;
    assertEquals(
      means.map(({ codec }) => codec).sort(),
      ["vaerans", "vaerans effort 1", "vaerans effort 1 tune psnr", "vaerans tune psnr"],
    );
    assertEquals(new Set(means.map(({ bytes }) => bytes)).size, means.length);
  });
});

Deno.test("eval goes on after a damaged picture and ends with exit code 1", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const whole = await Deno.readFile(`${folder}/photos/one.png`);
    await Deno.writeFile(`${folder}/photos/half.png`, whole.slice(0, whole.length / 2));
    const command = "@/photos -o @/report --models none --peers jpeg --show 0 --qualities 50 --json";
    const { code, err, out } = await runEval(folder, command);
    assertEquals(code, 1);
    assertMatch(err, /half\.png jpeg 50: Cannot read the PNG picture: the file must be intact/);
    const { means, pictures, notes, bdRate } = JSON.parse(out);
    assertEquals(means[0].pictureCount, 2);
    assertEquals([pictures.length, pictures.includes("half.png")], [2, false]);
    assertEquals(notes[1], "Left out, since nothing could be measured: half.png.");
    for (const table of Object.values(bdRate)) assertEquals(Object.keys(table as object), ["jpeg"]);
  });
});

Deno.test("eval tells wrong usage in a line and exits with 2", async () => {
  await withFolder(async (folder) => {
    for (
      const [command, message] of [
        ["--show 0", /there must be a folder or picture/],
        ["x --qualities 10,200", /from 1 to 100 \(got 200\)/],
        ["x --peers gif", /\(got gif\)/],
        ["x --bd-range 3", /LOW-HIGH/],
        ["x --show 1.5", /whole number/],
        ["x --show-bpp 0", /rates above 0/],
      ] as [string, RegExp][]
    ) {
      const { code, err, out } = await runEval(folder, command);
      assertEquals([code, out], [2, ""]);
      assertMatch(err, message);
    }
    assertEquals((await runEval(folder, "@/nowhere")).code, 1);
    assertMatch((await runEval(folder, "--help")).out, /deno task eval/);
  });
});

Deno.test("eval with several jobs measures what one job measures", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const tables = [];
    for (const jobs of ["1", "2"]) {
      const command = `@/photos -o @/report${jobs} --peers jpeg --qualities 30,85 --show 0 --jobs ${jobs}`;
      const { code, err } = await runEval(folder, command);
      assertEquals(code, 0, err);
      const rows = (await Deno.readTextFile(`${folder}/report${jobs}/results.tsv`)).trim().split("\n");
      tables.push(rows.map((row) => row.split("\t").slice(0, -2).join("\t")).sort()); // no times
    }
    assertEquals(tables[0].length, 9);
    assertEquals(tables[1], tables[0]);
  });
});

Deno.test("eval completes rows of an earlier run with metrics that they lack, and keeps their times", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const command =
      "@/photos/one.png -o @/report --models none --peers jpeg --show 0 --qualities 20,60 --json --metrics";
    const first = JSON.parse((await runEval(folder, `${command} psnr`)).out).means;
    const second = await runEval(folder, `${command} psnr,texture`);
    assertEquals(second.err.trim().split("\n").length, 2, second.err);
    const means: Record<string, unknown>[] = JSON.parse(second.out).means;
    assertEquals(means.map(({ texture: _, ...rest }) => rest), first);
    assertEquals(means.every(({ texture }) => Number(texture) > 0), true);
    assertEquals((await runEval(folder, `${command} texture`)).err, "");
  });
});

Deno.test("eval with several sets has means and BD-rates per set, and generates graphics", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const sets =
      "--set web=@/photos --set graphics -o @/report --metrics psnr --models none --peers jpeg,webp";
    const { code, out, err } = await runEval(folder, `${sets} --qualities 30,80 --show 0 --quiet --json`);
    assertEquals([code, err], [0, ""]);
    const result = JSON.parse(out);
    assertEquals(result.sets.map(({ name }: { name: string }) => name), ["web", "graphics"]);
    assertEquals(result.sets[0].pictures, ["web/inner/two.jpg", "web/one.png"]);
    assertEquals(result.sets[1].pictures.includes("graphics/terminal.png"), true);
    for (const { bdRate, means } of result.sets) {
      assertEquals(typeof bdRate.psnr.jpeg.webp, "number");
      assertEquals(means.length, 4);
    }
    const markdown = await Deno.readTextFile(`${folder}/report/summary.md`);
    assertEquals(markdown.match(/^# .*/gm), ["# web", "# graphics"]);
    assertMatch(await Deno.readTextFile(`${folder}/report/report.html`), /Rates: graphics/);
  });
});

Deno.test("eval measures with external programs in every worker, and leaves no process or picture behind", async () => {
  await withFolder(async (folder) => {
    await makePictures(folder);
    const { butteraugli, cvvdp } = await writeMetricPrograms(folder);
    const command = "@/photos -o @/report --models none --peers jpeg --json --qualities 30,85 --show 1";
    const more = "--show-bpp 2 --jobs 2 --metrics cvvdp,butteraugli,psnr", programs = ["--cvvdp", cvvdp];
    programs.push("--butteraugli", butteraugli);
    const { code, out, err } = await runEval(folder, `${command} ${more}`, ...programs);
    assertEquals(code, 0, err);
    const [low, high] = JSON.parse(out).means;
    assertEquals([low.cvvdp < high.cvvdp, low.butteraugli > high.butteraugli], [true, true]);
    const left = [...Deno.readDirSync(`${folder}/report`)].map(({ name }) => name).sort();
    assertEquals(left, ["files", "report.html", "results.tsv", "summary.json", "summary.md"]);
    assertMatch(await Deno.readTextFile(`${folder}/report/report.html`), /CVVDP [\d.]+ JOD/);
  });
});
