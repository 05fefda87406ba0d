import { assertEquals } from "@std/assert";
import { fuzzPictures, picturesToFuzz } from "../../scripts/fuzz_pictures.ts";

Deno.test("mutated picture files are refused or decode, and nothing else happens; a seed gives the same counts", async () => {
  const files = await picturesToFuzz();
  const first = await fuzzPictures(files, 400, 7);
  assertEquals(first.refused + first.decoded, 400);
  assertEquals(first.refused > 100 && first.decoded > 20, true);
  assertEquals(await fuzzPictures(files, 400, 7), first);
});
