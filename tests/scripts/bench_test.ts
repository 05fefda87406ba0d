import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { denoOutput } from "../run_deno.ts";

const ROOT = new URL("../../", import.meta.url);

/** Runs `deno bench` as a user would, in the repository. */
function bench(...args: readonly string[]): Promise<string> {
  return denoOutput("bench --no-prompt --no-check", args, { cwd: ROOT, env: { NO_COLOR: "1" } });
}

const throughputLine = (name: string) => new RegExp(`^  ${name} +[\\d.]+ MB/s .*[\\d.]+ × memory copy$`, "m");

Deno.test("deno bench finds benchmarks only, exits with 0 and prints throughput per kernel", async () => {
  const out = await bench("-R", "--filter", "/hadamard4, photo|compare psnr|ransDecodeU8/");
  const files = [...out.matchAll(/^file:.*\/(\w+)\.ts$/gm)].map(([, name]) => name);
  assertEquals(files.sort(), [
    "codec_bench",
    "entropy_bench",
    "gpu_bench",
    "kernels_bench",
    "nets_bench",
    "png_bench",
  ]);
  for (const name of ["WASM hadamard4", "TS hadamard4", "TS compare psnr", "ransDecodeU8\\(\\)"]) {
    assertMatch(out, throughputLine(name));
  }
});

Deno.test("deno bench without read access skips what needs models, says so, and exits with 0", async () => {
  const out = await bench("--filter", "/^encode static/");
  assertMatch(out, throughputLine("encode static"));
  assertStringIncludes(out, "decoder of vaerans-4, 512×512: skipped");
});

Deno.test("deno bench -- --tsv prints the rows that bench-record stores", async () => {
  const out = await bench("--filter", "/hadamard4, photo/", "bench/kernels_bench.ts", "--", "--tsv");
  const rows = out.split("\n").filter((line) => line.startsWith("bench\t")).map((line) => line.split("\t"));
  assertEquals(rows.map(([, group, name]) => [group, name]), [
    ["photo, 4×64×96", "WASM hadamard4"],
    ["photo, 4×64×96", "TS hadamard4"],
  ]);
  for (const [, , , average, least, timesCopy, megabytesPerSecond] of rows) {
    assertEquals(Number(average) >= Number(least) && Number(least) > 0 && Number(timesCopy) > 0, true);
    // 98,304 bytes; times are rounded to nanoseconds.
    assertEquals(Math.abs(98_304_000 / Number(least) / Number(megabytesPerSecond) - 1) < 0.05, true);
  }
});
