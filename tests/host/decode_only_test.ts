import { assertEquals } from "@std/assert";
import { expectedHashes } from "../runtimes/expected.ts";
import { denoOutput } from "../run_deno.ts";

Deno.test("/decode alone gives the golden files' pixels, and the encoder may be loaded after it was used", async () => {
  const program = new URL("decode_only_program.ts", import.meta.url).pathname;
  const golden = new URL("../golden/", import.meta.url).pathname;
  const out = await denoOutput("run --quiet --no-prompt -R", [program, golden]);
  assertEquals(JSON.parse(out), await expectedHashes());
});
