import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decodePicture, ImageError } from "../../src/image/mod.ts";
import { bytesOf, encode, gradient, largestDifference, uint32, withJpegExif } from "./synthetic.ts";

const FORMATS = ["png", "jpeg", "webp", "avif", "jxl"] as const;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => promise, ImageError);
  assertMatch(error.message, /^Cannot .*: .* must .* \(got .*\)\. .*\.$/s);
  return error.code;
}

for (const format of FORMATS) {
  Deno.test(`decodePicture() returns a ${format} file's pixels`, async () => {
    for (const [width, height] of [[1, 1], [1, 9], [7, 13], [64, 48]]) {
      const source = gradient(width, height);
      const picture = await decodePicture(await encode(format, source));
      assertEquals([picture.width, picture.height], [width, height]);
      assertEquals(picture.data.length, width * height * 4);
      if (width === 64) assertEquals(largestDifference(source, picture) <= (format === "png" ? 0 : 16), true);
    }
  });

  Deno.test(`decodePicture() refuses a ${format} file above maxPixels`, async () => {
    const file = await encode(format, gradient(40, 30));
    assertEquals(await codeOf(decodePicture(file, { maxPixels: 1199 })), "image-too-large");
    assertEquals((await decodePicture(file, { maxPixels: 1200 })).width, 40);
  });

  Deno.test(`decodePicture() refuses a ${format} file cut short anywhere, and then reads the whole one`, async () => {
    const file = await encode(format, gradient(64, 48));
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const cut = file.slice(0, Math.floor(file.length * share));
      assertEquals(await codeOf(decodePicture(cut)), "image-damaged");
      assertEquals((await decodePicture(file)).width, 64);
    }
  });

  Deno.test(`decodePicture() answers to a mutated ${format} file with a picture or an ImageError`, async () => {
    const file = await encode(format, gradient(32, 24));
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 2 ** 32 * below);
    };
    for (let round = 0; round < 60; round++) {
      const mutated = file.slice();
      for (let i = 0; i < 1 + round % 4; i++) mutated[random(mutated.length)] = random(256);
      try {
        await decodePicture(mutated, { maxPixels: 1_000_000 });
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
      }
    }
    assertEquals((await decodePicture(file)).width, 32);
  });

  Deno.test(`decodePicture() reads ${format} from a view into a larger buffer`, async () => {
    const file = await encode(format, gradient(20, 10));
    const buffer = bytesOf("....", file, "....");
    assertEquals(await decodePicture(buffer.subarray(3 + 1, 4 + file.length)), await decodePicture(file));
  });
}

Deno.test("decodePicture() refuses a bomb by its header, without inflating it", async () => {
  const png = await encode("png", gradient(4, 4));
  png.set(uint32(100_000), 16);
  png.set(uint32(100_000), 20);
  assertEquals(await codeOf(decodePicture(png)), "image-too-large");
});

Deno.test("decodePicture() refuses bytes that are no picture", async () => {
  assertEquals(await codeOf(decodePicture(new TextEncoder().encode("just text"))), "image-unknown-format");
  assertEquals(await codeOf(decodePicture(new Uint8Array(0))), "image-unknown-format");
});

Deno.test("decodePicture() refuses what is not bytes, such as the name of a file, with a code", async () => {
  for (const wrong of ["photo.jpg", undefined, null, 5, {}, new ArrayBuffer(8), new Blob([])]) {
    assertEquals(await codeOf(decodePicture(wrong as unknown as Uint8Array)), "image-unknown-format");
  }
});

Deno.test("decodePicture() refuses a CMYK JPEG as unsupported", async () => {
  const frame = Uint8Array.of(0xff, 0xc0, 0, 20, 8, 0, 16, 0, 16, 4);
  const cmyk = bytesOf(Uint8Array.of(0xff, 0xd8), frame, new Uint8Array(12));
  assertEquals(await codeOf(decodePicture(cmyk)), "image-unsupported");
});

Deno.test("decodePicture() accepts a JPEG with a broken EXIF block", async () => {
  const file = withJpegExif(await encode("jpeg", gradient(16, 16)), new Uint8Array(40).fill(0xff));
  assertEquals((await decodePicture(file)).width, 16);
});

Deno.test("decodePicture() passes over stray bytes between a JPEG's segments", async () => {
  const file = await encode("jpeg", gradient(16, 16));
  const afterFirst = 4 + ((file[4] << 8) | file[5]); // the end of the segment that follows the start marker
  const strays = [
    bytesOf(file.subarray(0, afterFirst), Uint8Array.of(1, 2, 3), file.subarray(afterFirst)),
    bytesOf(file.subarray(0, afterFirst), Uint8Array.of(0xff, 0xff), file.subarray(afterFirst)),
    bytesOf(file, Uint8Array.of(0, 0, 0, 9)),
  ];
  for (const stray of strays) assertEquals(await decodePicture(stray), await decodePicture(file));
});

Deno.test("decodePicture() needs no permission and prints nothing", async () => {
  const files = await Promise.all(FORMATS.map((format) => encode(format, gradient(16, 16))));
  const damaged = files.map((file) => file.slice(0, file.length - 20));
  const program = `
    import { decodePicture } from ${JSON.stringify(new URL("../../src/image/mod.ts", import.meta.url).href)};
    let sum = 0;
    for (const file of ${JSON.stringify(files.map((file) => [...file]))}) {
      sum += (await decodePicture(Uint8Array.from(file))).width;
    }
    for (const file of ${JSON.stringify(damaged.map((file) => [...file]))}) {
      await decodePicture(Uint8Array.from(file)).catch(() => sum++);
    }
    console.log(sum);`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", `--config=${config}`, "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assertEquals({ out: text(stdout), err: text(stderr) }, { out: "85", err: "" });
});
