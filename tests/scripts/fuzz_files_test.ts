import { assertEquals } from "@std/assert";
import { filesToFuzz, fuzzFiles } from "../../scripts/fuzz_files.ts";

Deno.test("mutated files are refused or decode, and nothing else happens", async () => {
  const { refused, decoded } = await fuzzFiles(await filesToFuzz(), 200, 7);
  assertEquals(refused + decoded, 200);
  assertEquals(refused > 50, true);
});
