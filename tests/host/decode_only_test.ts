import { assertEquals } from "@std/assert";
import { expectedHashes } from "../runtimes/expected.ts";

Deno.test("/decode alone gives the golden files' pixels, and the encoder may be loaded after it was used", async () => {
  const program = new URL("decode_only_program.ts", import.meta.url).pathname;
  const golden = new URL("../golden/", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-R", program, golden],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), await expectedHashes());
});
