import { assertEquals } from "@std/assert";
import { withFolder } from "../with_folder.ts";
import { expectRoundTrip } from "./expect_round_trip.ts";

const HERE = new URL(".", import.meta.url), ROOT = new URL("../../", import.meta.url);

/** `deno compile` puts programs behind a binary of its own, denort, which it downloads: it is not in Deno's npm package. */
async function compile(
  program: URL,
  output: string,
  ...included: readonly string[]
): Promise<string | undefined> {
  const include = included.map((path) => `--include=${new URL(path, ROOT).pathname}`);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", "--no-prompt", "-R", ...include, "--output", output, program.pathname],
  }).output();
  return code === 0 ? undefined : new TextDecoder().decode(stderr);
}

async function canCompile(): Promise<boolean> {
  let can = false;
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/hello.ts`, "");
    const failure = await compile(new URL(`file://${folder}/hello.ts`), `${folder}/hello`);
    if (failure !== undefined && !/denort|dns error/.test(failure)) throw new Error(failure);
    can = failure === undefined;
  });
  return can;
}

// Where denort cannot be downloaded there is nothing to test.
if (await canCompile()) {
  Deno.test("a compiled program carries models, kernels and worker with it", async () => {
    await withFolder(async (folder) => {
      const program = `${folder}/program`;
      const failure = await compile(
        new URL("compiled_program.ts", HERE),
        program,
        "models",
        "src/codec/run/tile_worker.ts",
      );
      assertEquals(failure, undefined);
      const { code, stdout, stderr } = await new Deno.Command(program, { cwd: folder }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      await expectRoundTrip(JSON.parse(new TextDecoder().decode(stdout)));
    });
  });
}
