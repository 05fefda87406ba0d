import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/cli/fail.ts";
import { helpOf } from "../../src/cli/options/help.ts";
import { metricOf, METRICS } from "../../src/eval/metrics/mod.ts";
import { EVAL, parseEvalOptions } from "../../src/eval/options.ts";

Deno.test("eval's options win over the configuration, and the configuration over what is built in", () => {
  const config = {
    evaluation: { qualities: [10, 20], peers: ["webp"], metrics: ["psnr"] },
    visualization: { show: 1, showBpp: [0.3] },
  };
  const configured = parseEvalOptions(["photos"], config)!;
  assertEquals([configured.qualities, configured.peerQualities], [[10, 20], [10, 20]]);
  assertEquals([configured.peers, configured.metrics], [["webp"], [metricOf("psnr")]]);
  assertEquals([configured.show, configured.showBpp], [1, [0.3]]);

  const args = ["photos", "--peers", "none", "--metrics", "msssim,ssimulacra2", "--bd-range", "0.1-0.5"];
  const given = parseEvalOptions([...args, "--qualities", "5,5,90", "--peer-qualities", "7"], config)!;
  assertEquals([given.peers, given.metrics], [[], [metricOf("ssimulacra2"), metricOf("msssim")]]);
  assertEquals([given.qualities, given.peerQualities], [[5, 90], [7]]);
  assertEquals(given.bdRange, { minBpp: 0.1, maxBpp: 0.5 });

  assertEquals(parseEvalOptions(["photos", "--efforts", "9,5"])!.efforts, [9, 5]);
  assertEquals(parseEvalOptions(["photos", "--tunes", "psnr,look"])!.tunes, ["psnr", "look"]);

  const plain = parseEvalOptions(["photos"])!;
  assertEquals([plain.efforts, plain.tunes], [[5], ["look"]]);
  assertEquals(plain.qualities.length, 8);
  assertEquals(plain.peers, ["jpeg", "webp", "avif", "jxl"]);
  assertEquals([plain.metrics, plain.commands, plain.anchors], [METRICS, {}, []]);
  assertEquals(plain.sets, [{ paths: ["photos"] }]);
  assertEquals(parseEvalOptions(["--help"]), undefined);
});

Deno.test("eval's options that make no sense are wrong usage", () => {
  const cases: readonly (readonly [args: string[], message: string])[] = [
    [[], "there must be a folder"],
    [["a", "--metrics", "vmaf"], "--metrics must be cvvdp, ssimulacra2, msssim"],
    [["a", "--metrics", "psnr,vmaf"], "or none (got vmaf)"],
    [["a", "--psnr", "x"], "options must be"],
    [["--set", "="], "--set must be graphics, NAME=FOLDER or FOLDER"],
    [["--set", "a="], "(got a=)"],
    [["--set", ".."], "(got ..)"],
    [["--set", "graphics=folder"], "generated set (got graphics)"],
    [["--set", "a/x", "--set", "x=b"], "got x twice"],
    [["--set"], "--set must have a value"],
    [["a", "--peers", "gif"], "(got gif)"],
    [["a", "--qualities", "0"], "1 to 100"],
    [["a", "--show=-1"], "whole number"],
    [["a", "--efforts", "0"], "whole numbers from 1 to 9"],
    [["a", "--tunes", "ssim"], "look or psnr (got ssim)"],
    [["a", "--show-bpp", "0"], "rates above 0"],
    [["a", "--bd-range", "0.5-0.1"], "LOW-HIGH"],
    [["a", "--nonsense"], "options must be"],
  ];
  for (const [args, message] of cases) {
    assertThrows(() => parseEvalOptions(args), UsageError, message, args.join(" "));
  }
});

Deno.test("eval's options name sets, files of anchors, and commands of metrics' programs", () => {
  const args = [
    "--set",
    "graphics",
    "--set",
    "web=shots/2024",
    "--set",
    "x/photos/",
    "--anchors",
    "a.json,b.json",
  ];
  const options = parseEvalOptions([...args, "--cvvdp", "python3 pairs.py", "--butteraugli=/opt/b"])!;
  assertEquals(options.sets, [
    { name: "graphics" },
    { name: "web", paths: ["shots/2024"] },
    { name: "photos", paths: ["x/photos/"] },
  ]);
  assertEquals(options.anchors, ["a.json", "b.json"]);
  assertEquals(options.commands, { cvvdp: "python3 pairs.py", butteraugli: "/opt/b" });
  for (const { id } of METRICS) assertEquals(helpOf(EVAL).includes(id), true, id);
});
