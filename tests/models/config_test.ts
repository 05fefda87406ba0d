import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/core/mod.ts";
import { parseConfig, readConfig } from "../../src/models/config.ts";
import { withFolder } from "../with_folder.ts";

const EVERYTHING = `
[models.sdxl]
encoder = "nets/encoder.onnx"
decoder = "/somewhere/decoder.onnx"
description = "theirs"
input_range = "-1_1"
output_range = "-1_1"
latent_scale = 0.13025
decoder_expects_scaled_latent = true
levels = 2

[memory]
arena_size = "512 MiB"

[compression]
model = "sdxl"
quality = 40
effort = 3
entropy = "static"
wavelet = "haar"
levels = 2
jobs = 2

[evaluation]
qualities = [10, 50]
peers = ["webp"]
metrics = ["psnr"]

[visualization]
show = 2
show_bpp = [0.1]
`;

Deno.test("a configuration gives every value, with paths relative to the file", () => {
  const { path, models, memory, compression, evaluation, visualization } = parseConfig(
    EVERYTHING,
    "/home/x/v.toml",
  );
  assertEquals(path, "/home/x/v.toml");
  const sdxl = models.get("sdxl")!;
  assertEquals([sdxl.encoder, sdxl.decoder], ["/home/x/nets/encoder.onnx", "/somewhere/decoder.onnx"]);
  assertEquals([sdxl.latentScale, sdxl.levels, sdxl.downsampling], [0.13025, 2, 8]);
  assertEquals(sdxl.decoderExpectsScaledLatent, true);
  assertEquals(memory, { arenaBytes: 2 ** 29 });
  assertEquals(compression, {
    model: "sdxl",
    quality: 40,
    effort: 3,
    entropy: "static",
    wavelet: "haar",
    levels: 2,
    jobs: 2,
  });
  assertEquals(evaluation, { qualities: [10, 50], peers: ["webp"], metrics: ["psnr"] });
  assertEquals(visualization, { show: 2, showBpp: [0.1] });
  assertEquals(parseConfig("", "/x").models.size, 0);
});

Deno.test("a configuration names runtimes, inputs and outputs of models; the runtime for all is the default", () => {
  const nets = 'encoder = "e"\ndecoder = "d"\n';
  const { models, compression } = parseConfig(
    `[models.a]\n${nets}runtime = "auto"\nstep_input = "sigma"\nlatent_output = "mu"\n[models.b]\n${nets}` +
      '[compression]\nruntime = "own"\n',
    "/c/v.toml",
  );
  assertEquals(["a", "b"].map((name) => models.get(name)!.runtime), ["auto", "own"]);
  assertEquals([models.get("a")!.stepInput, models.get("a")!.latentOutput], ["sigma", "mu"]);
  assertEquals(compression.runtime, "own");
  assertEquals(parseConfig(`[models.b]\n${nets}`, "/c/v.toml").models.get("b")!.runtime, undefined);
});

Deno.test("an error of a configuration names the file, the key and the line", () => {
  const cases: [text: string, code: string, message: RegExp][] = [
    [
      "[compression]\n\nquality = 400",
      "config-value",
      /compression\.quality in \/c\/v\.toml, line 3: .*1 to 100 \(got 400\)/,
    ],
    [
      "[compression]\nqualty = 4",
      "config-key",
      /compression\.qualty in \/c\/v\.toml, line 2: the key must be one of model, quality/,
    ],
    [
      "[compression]\nwavelet = 'cdf97'",
      "config-value",
      /line 2: it must be "cdf53" or "haar" \(got "cdf97"\)/,
    ],
    ["[compresion]\n", "config-key", /compresion in \/c\/v\.toml, line 1: the key must be one of models/],
    ["memory = 3", "config-value", /memory in \/c\/v\.toml, line 1: it must be a table/],
    ["[memory]\narena_size = '3 apples'", "config-value", /line 2: .*"512 MiB" \(got "3 apples"\)/],
    [
      "[models.a]\nencoder = 'e'",
      "config-value",
      /models\.a\.decoder in \/c\/v\.toml, line 1: it must be given/,
    ],
    [
      "[models.a]\nencoder='e'\ndecoder='d'\ninput_range = '0_255'",
      "config-value",
      /line 4: .*"0_1" or "-1_1"/,
    ],
    [
      "[compression]\nruntime = 'tvm'",
      "config-value",
      /line 2: it must be "auto" or "own" or "onnxruntime" \(got "tvm"\)/,
    ],
    ["[evaluation]\nqualities = [0]", "config-value", /line 2: it must be a list of numbers from 1 to 100/],
    ["[x]\n y = [1,\n", "config-syntax", /\/c\/v\.toml: .*line 3/],
  ];
  for (const [text, code, message] of cases) {
    const error = assertThrows(() => parseConfig(text, "/c/v.toml"), ConfigError);
    assertEquals(error.code, code, text);
    assertMatch(error.message, message);
  }
});

Deno.test("a configuration that is named but not there is an error", async () => {
  await withFolder(async (folder) => {
    const error = await assertRejects(() => readConfig(`${folder}/none.toml`), ConfigError, "none.toml");
    assertEquals(error.code, "config-missing");
  });
});
