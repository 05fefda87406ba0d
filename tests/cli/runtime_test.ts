import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { PLAIN, smallDecoder, smallEncoder, writeSmallModel } from "../models/onnx/small_nets.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

/** Runs in a folder with a picture, a model whose decoder has no plan, and a configuration that names it. */
async function withModel(
  toml: { readonly model?: string; readonly compression?: string },
  work: (run: (...args: string[]) => ReturnType<typeof runCli>, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/nets`);
    await writeSmallModel(`${folder}/nets`, { decoder: smallDecoder(PLAIN, { activation: "Relu" }) });
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(40, 30)));
    await Deno.writeTextFile(
      `${folder}/vaerans.toml`,
      `[models.mine]\nencoder = "nets/encoder.onnx"\ndecoder = "nets/decoder.onnx"\ninput_range = "0_1"\n` +
        `output_range = "0_1"\n${toml.model ?? ""}\n[compression]\nmodel = "mine"\n${
          toml.compression ?? ""
        }\n`,
    );
    const options = {
      permissions: ["-R", "-W", "--allow-env=VAERANS_CONFIG,HOME"],
      env: { VAERANS_CONFIG: "", HOME: folder },
      cwd: folder,
    };
    await work((...args) => runCli(args, options), folder);
  });
}

const REFUSED = /decoder of model mine with runtime "own": .*\(got operator Relu/;

Deno.test("--runtime chooses what runs nets, of single files and of folders", async () => {
  await withModel({}, async (run, folder) => {
    assertEquals((await run("compress", "a.png", "--no-psnr")).code, 0);
    const refused = await run("decompress", "a.vaer", "-o", "b.png", "--runtime", "own");
    assertEquals(refused.code, 1);
    assertMatch(refused.err, REFUSED);
    const batch = await run("decompress", "-d", "out", "--runtime", "own", folder);
    assertEquals(batch.code, 1);
    assertMatch(batch.err, REFUSED);
    for (const runtime of ["auto", "onnxruntime"]) {
      assertEquals((await run("decompress", "a.vaer", "-o", `${runtime}.png`, "--runtime", runtime)).code, 0);
    }
    // The new file is verified by the same runtime.
    assertMatch((await run("compress", "a.png", "-f", "--runtime", "own", "--no-psnr")).err, REFUSED);
    const unknown = await run("compress", "a.png", "--runtime", "tvm");
    assertEquals(unknown.code, 2);
    assertStringIncludes(unknown.err, "--runtime must be auto, own or onnxruntime (got tvm)");
  });
});

Deno.test("a model of vaerans.toml runs by its own runtime, whatever the default is; the option wins", async () => {
  await withModel({ model: 'runtime = "own"', compression: 'runtime = "onnxruntime"' }, async (run) => {
    assertMatch((await run("compress", "a.png", "--no-psnr")).err, REFUSED);
    assertEquals((await run("compress", "a.png", "--no-psnr", "--runtime", "auto")).code, 0);
    for (const model of [[], ["--model", "mine"]]) {
      assertMatch((await run("decompress", "a.vaer", "-o", "b.png", ...model)).err, REFUSED);
    }
    assertEquals((await run("decompress", "a.vaer", "-o", "b.png", "--runtime", "auto")).code, 0);
  });
  await withModel({ compression: 'runtime = "own"' }, async (run) => {
    assertMatch((await run("compress", "a.png", "--no-psnr")).err, REFUSED);
    assertEquals((await run("compress", "a.png", "--no-psnr", "--runtime", "auto")).code, 0);
    assertMatch((await run("decompress", "a.vaer", "-o", "b.png")).err, REFUSED);
  });
});

Deno.test("--runtime onnxruntime runs the embedded nets by onnxruntime, own without it", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(40, 30)));
    const dist = new URL("./", import.meta.resolve("onnxruntime-web")).pathname;
    const options = { permissions: ["-R", "-W", `--deny-read=${dist}`], cwd: folder };
    const run = (runtime: string) =>
      runCli(["compress", "a.png", "-f", "-q", "20", "--no-psnr", "--runtime", runtime], options);
    for (const runtime of ["own", "auto"]) assertEquals((await run(runtime)).code, 0);
    const refused = await run("onnxruntime");
    assertEquals(refused.code, 1);
    assertMatch(refused.err, /Cannot start onnxruntime-web: /);
  });
});

Deno.test("a file made with weights outside an ONNX file is not decoded with other ones", async () => {
  const outside = { type: "f32", place: "external" } as const;
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/nets`);
    await writeSmallModel(`${folder}/nets`, {
      encoder: smallEncoder(outside),
      decoder: smallDecoder(outside),
    });
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(40, 30)));
    await Deno.writeTextFile(
      `${folder}/vaerans.toml`,
      `[models.mine]\nencoder = "nets/encoder.onnx"\ndecoder = "nets/decoder.onnx"\n`,
    );
    const options = {
      permissions: ["-R", "-W", "--allow-env=VAERANS_CONFIG,HOME"],
      env: { VAERANS_CONFIG: "", HOME: folder },
      cwd: folder,
    };
    const run = (...args: string[]) => runCli(args, options);
    assertEquals((await run("compress", "a.png", "--model", "mine")).code, 0);
    assertEquals((await run("decompress", "a.vaer", "-o", "b.png")).code, 0);
    const weights = await Deno.readFile(`${folder}/nets/decoder.bin`);
    await Deno.writeFile(`${folder}/nets/decoder.bin`, weights.with(3, weights[3] ^ 1));
    const mismatched = await run("decompress", "a.vaer", "-f", "-o", "b.png");
    assertEquals(mismatched.code, 1);
    assertMatch(mismatched.err, /its fingerprint must be/);
  });
});
