import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { gpuTest } from "../gpu.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

Deno.test("--device refuses what it does not know", async () => {
  const { code, err } = await runCli(["compress", "in.png", "--device", "tpu"]);
  assertEquals(code, 2);
  assertStringIncludes(err, "--device must be auto, cpu or gpu");
});

gpuTest("--device auto says on stderr that it computes on the CPU, and does", async (gpu) => {
  if (!gpu.isSoftware) return;
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, await encodePng(syntheticPicture(30, 20)));
    const args = ["compress", `${folder}/in.png`, "--no-psnr"];
    const auto = await runCli([...args, "--device", "auto", "-o", `${folder}/auto.vaer`]);
    assertEquals(auto.code, 0, auto.err);
    assertStringIncludes(auto.err, "computing on the CPU");
    const cpu = await runCli([...args, "-o", `${folder}/cpu.vaer`]);
    assertEquals(cpu.code, 0, cpu.err);
    assertEquals(await Deno.readFile(`${folder}/auto.vaer`), await Deno.readFile(`${folder}/cpu.vaer`));
  });
});
