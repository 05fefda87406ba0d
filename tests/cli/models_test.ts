import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inspect } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const SHAPED = new URL("../models/sdxl_shaped/", import.meta.url).pathname;
const WITH_CONFIG = ["-R", "-W", "--allow-env=VAERANS_CONFIG,HOME"];

Deno.test("models list, path and verify know embedded and configured models", async () => {
  await withFolder(async (folder) => {
    const config = `${folder}/mine.toml`;
    await Deno.writeTextFile(
      config,
      `[models.mine]\nencoder = "${SHAPED}encoder.onnx"\ndecoder = "${SHAPED}decoder.onnx"\n`,
    );
    const options = { permissions: WITH_CONFIG, env: { VAERANS_CONFIG: config }, cwd: folder };
    const listed = await runCli(["models", "list", "--json"], options);
    assertEquals([listed.code, listed.err], [0, ""]);
    assertEquals(
      JSON.parse(listed.out).map(({ name, state }: { name: string; state: string }) => `${name}: ${state}`),
      [
        "vaerans-8: embedded",
        "vaerans-4: embedded",
        "mine: configured",
        "sdxl-vae: to pull",
        "taesdxl: to pull",
      ],
    );
    assertEquals((await runCli(["models", "path", "mine"], options)).out, `${config}#mine\n`);
    const verified = await runCli(["models", "verify"], options);
    assertEquals([verified.code, verified.out], [0, "vaerans-8: good\nvaerans-4: good\nmine: good\n"]);
    // A pull that may not use the network says where the file would have to be.
    const offline = await runCli(["models", "pull", "sdxl-vae"], options);
    assertEquals(offline.code, 1);
    assertMatch(offline.err, /put the file at .*vaerans-models\/sdxl-vae\/encoder\.onnx yourself/);
    // It leaves nothing behind.
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name === "vaerans-models"), []);
    for (const args of [["models"], ["models", "push"], ["models", "pull", "nothing"], ["models", "path"]]) {
      assertEquals((await runCli(args, options)).code, 2, args.join(" "));
    }
  });
});

Deno.test("compress takes its defaults from the configuration, and options win over them", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(32, 24)));
    await Deno.writeTextFile(
      `${folder}/vaerans.toml`,
      "[compression]\nquality = 12\neffort = 1\nwavelet = 'haar'\nlevels = 1\n",
    );
    const options = { permissions: WITH_CONFIG, env: { VAERANS_CONFIG: "", HOME: folder }, cwd: folder };
    assertEquals((await runCli(["compress", "a.png", "--no-psnr"], options)).code, 0);
    const told = async () => inspect(await Deno.readFile(`${folder}/a.vaer`));
    const { quality, wavelet, levels } = await told();
    assertEquals([quality, wavelet, levels], [12, "haar", 1]);
    const args = [
      "compress",
      "a.png",
      "--bytes",
      "400",
      "--model",
      "vaerans-8",
      "--levels",
      "2",
      "-f",
      "--no-psnr",
    ];
    assertEquals((await runCli(args, options)).code, 0);
    const other = await told();
    assertEquals([other.quality, other.wavelet, other.levels], [0, "haar", 2]);
    await Deno.writeTextFile(`${folder}/vaerans.toml`, "[compression]\nquality = 1200\n");
    const refused = await runCli(["compress", "a.png", "-f"], options);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, "compression.quality in ");
    assertStringIncludes(refused.err, "vaerans.toml, line 2");
  });
});
