import { assertEquals, assertRejects } from "@std/assert";
import { ImageError, readPictureSize, sniffFormat } from "../../src/image/mod.ts";
import { encode, gradient } from "./synthetic.ts";

const FORMATS = ["png", "jpeg", "webp", "avif", "jxl"] as const;

for (const format of FORMATS) {
  Deno.test(`sniffFormat() and readPictureSize() tell ${format} and its size from the content`, async () => {
    for (const [width, height] of [[1, 1], [17, 5], [64, 64], [200, 300]]) {
      const file = await encode(format, gradient(width, height));
      assertEquals(sniffFormat(file), format);
      assertEquals(await readPictureSize(file), { format, width, height, orientation: 1 });
    }
  });

  Deno.test(`readPictureSize() answers with a value or an ImageError on every prefix of a ${format} file`, async () => {
    const file = await encode(format, gradient(40, 30));
    for (let length = 0; length < Math.min(file.length, 600); length++) {
      try {
        const { width, height } = await readPictureSize(file.slice(0, length));
        assertEquals([width, height], [40, 30]);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
      }
    }
  });
}

Deno.test("sniffFormat() does not know text, an empty file or a HEIC file", () => {
  const encoder = new TextEncoder();
  assertEquals(sniffFormat(new Uint8Array(0)), undefined);
  assertEquals(sniffFormat(encoder.encode("# a readme, not a picture")), undefined);
  assertEquals(sniffFormat(encoder.encode("\0\0\0\x18ftypheic\0\0\0\0mif1heic")), undefined);
});

Deno.test("sniffFormat() finds the AVIF brand among the compatible ones", () => {
  assertEquals(sniffFormat(new TextEncoder().encode("\0\0\0\x18ftypmif1\0\0\0\0miafavif")), "avif");
});

Deno.test("readPictureSize() names the first bytes of an unknown file", async () => {
  const error = await assertRejects(
    () => readPictureSize(new TextEncoder().encode("hello world")),
    ImageError,
  );
  assertEquals(error.code, "image-unknown-format");
  assertEquals(error.message.includes("68 65 6c 6c 6f"), true);
});

Deno.test("readPictureSize() reads every way that JPEG XL writes a size", async () => {
  // Bits from the lowest: small, height code, ratio, width code, then "all default".
  const header = async (...fields: [value: number, bits: number][]) => {
    const bytes = [0xff, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let position = 16;
    for (const [value, bits] of fields) {
      for (let i = 0; i < bits; i++, position++) {
        bytes[position >> 3] |= (Math.floor(value / 2 ** i) & 1) << (position & 7);
      }
    }
    const { width, height, orientation } = await readPictureSize(Uint8Array.from(bytes));
    return [width, height, orientation];
  };
  assertEquals(await header([1, 1], [3, 5], [0, 3], [7, 5], [1, 1]), [64, 32, 1]);
  assertEquals(await header([1, 1], [3, 5], [7, 3], [1, 1]), [64, 32, 1]);
  assertEquals(await header([0, 1], [0, 2], [299, 9], [4, 3], [1, 1]), [450, 300, 1]);
  assertEquals(await header([0, 1], [1, 2], [4999, 13], [0, 3], [2, 2], [69999, 18], [1, 1]), [
    70000,
    5000,
    1,
  ]);
  assertEquals(await header([0, 1], [3, 2], [999_999_999, 30], [1, 3], [1, 1]), [1e9, 1e9, 1]);
  // Not all default, extra fields present, orientation 6: the upright picture has the sides exchanged.
  assertEquals(await header([1, 1], [3, 5], [7, 3], [0, 1], [1, 1], [5, 3]), [32, 64, 6]);
});
