import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { ModelError } from "../../src/core/mod.ts";
import { sha256Hex } from "../../src/models/sha256.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const PICTURE = syntheticPicture(40, 30);

/** Runs with the `crypto` of a page that plain HTTP serves. */
async function withoutSubtle(work: () => Promise<void>): Promise<void> {
  Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  try {
    await work();
  } finally {
    delete (crypto as { subtle?: unknown }).subtle;
  }
}

// Before anything loads a model, which is kept.
Deno.test("without crypto.subtle a model's files are refused by a code of their own; files without a model work", async () => {
  await withoutSubtle(async () => {
    for (
      const work of [() => sha256Hex(new Uint8Array(1)), () => compress(PICTURE, { model: "vaerans-8" })]
    ) {
      const error = await assertRejects(work, ModelError);
      assertEquals(error.code, "model-insecure");
      assertStringIncludes(error.message, "HTTPS");
    }
    const exact = await decompress(await compress(PICTURE, { lossless: true }));
    assertEquals(exact.data, PICTURE.data);
  });
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(await sha256Hex(new TextEncoder().encode("abc")), expected);
  // What failed is not kept.
  const again = await decompress(await compress(PICTURE, { model: "vaerans-8" }));
  assertEquals([again.width, again.height], [40, 30]);
});
