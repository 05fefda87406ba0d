import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { compress, decodePicture } from "../../mod.ts";
import { READABLE_FORMATS } from "../../src/image/formats/mod.ts";
import { ImageError } from "../../src/image/mod.ts";
import { bytesOf, encode, gradient } from "./synthetic.ts";

const tail = new Uint8Array(64);
const ftyp = (...brands: string[]) =>
  bytesOf(0, 0, 0, 12 + 4 * brands.length, "ftyp", brands[0], 0, 0, 0, 0, ...brands.slice(1), tail);
const bmp = (headerBytes: number) => bytesOf("BM", new Uint8Array(12), headerBytes, 0, 0, 0, tail);
const utf16 = (text: string) =>
  bytesOf(0xff, 0xfe, ...[...text].map((character) => Uint8Array.of(character.charCodeAt(0), 0)));

const FILES: readonly (readonly [name: string, ...files: Uint8Array[]])[] = [
  ["a GIF picture", bytesOf("GIF89a", tail), bytesOf("GIF87a", tail)],
  ["a BMP picture", bmp(40), bmp(124), bmp(12)],
  ["a TIFF picture", bytesOf("II*\0", tail), bytesOf("MM\0*", tail), bytesOf("MM\0+", tail)],
  [
    "an SVG picture",
    bytesOf("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    bytesOf(0xef, 0xbb, 0xbf, '<?xml version="1.0"?>\n<!-- a > b --><!DOCTYPE svg PUBLIC "x">\n<svg>'),
    bytesOf('<!DOCTYPE svg [ <!ENTITY a "b"> <!ENTITY c "d"> ]>\n<svg:svg >'),
    utf16('<?xml version="1.0" encoding="utf-16"?><SVG >'),
  ],
  ["a HEIC picture", ftyp("heic", "mif1", "heic"), ftyp("mif1", "mif1"), ftyp("hevc"), ftyp("msf1", "hevc")],
  ["a PDF document", bytesOf("%PDF-1.7", tail)],
  ["a PSD picture", bytesOf("8BPS\0", 1, tail), bytesOf("8BPS\0", 2, tail)],
  ["an ICO icon", bytesOf(0, 0, 1, 0, 1, 0, tail)],
  ["a QOI picture", bytesOf("qoif", tail)],
  ["an EXR picture", bytesOf(0x76, 0x2f, 0x31, 0x01, tail)],
  [
    "a JPEG 2000 picture",
    bytesOf(0, 0, 0, 12, "jP  ", 13, 10, 0x87, 10, tail),
    bytesOf(0xff, 0x4f, 0xff, 0x51, tail),
  ],
  ["an MP4 video", ftyp("isom", "iso2", "avc1", "mp41"), ftyp("mp42"), ftyp("qt  ", "qt  "), ftyp("M4V ")],
  ["a Netpbm picture", bytesOf("P6\n1 1\n255\nabc"), bytesOf("P7\nWIDTH 1")],
];

Deno.test("decodePicture() refuses foreign formats by name, and says what to do", async () => {
  const labels = READABLE_FORMATS.map(({ label }) => label);
  const readable = `${labels.slice(0, -1).join(", ")} or ${labels.at(-1)}`;
  for (const [name, ...files] of FILES) {
    for (const file of files) {
      const error = await assertRejects(() => decodePicture(file), ImageError);
      assertEquals(error.code, "image-unknown-format");
      assertEquals(
        error.message,
        `Cannot read the picture: its format must be ${readable} (got ${name}). Convert it to ${readable}.`,
      );
    }
  }
});

Deno.test("decodePicture() of a .vaer file says that it must be decompressed", async () => {
  const file = await compress(gradient(16, 16), { lossless: true });
  const { message } = await assertRejects(() => decodePicture(file), ImageError);
  assertMatch(message, /\(got a \.vaer file\)\. Decompress it\.$/);
});

Deno.test("text, markup and near misses are told by their first bytes", async () => {
  const comments = "<!-- -->".repeat(500); // takes no time in proportion to its square
  for (const text of ["hello", "<html><svg>", `${comments}<p>`, "BMW", "P9 x", "GIF80a", "<!-- svg", ""]) {
    const { message } = await assertRejects(() => decodePicture(bytesOf(text)), ImageError);
    assertMatch(message, /\(got (first bytes|an empty file)/, text);
  }
});

Deno.test("an animated WebP gives its first frame on the canvas, and a warning", async () => {
  const frame = gradient(6, 4), canvas = { width: 20, height: 10 };
  const little = (value: number, count: number) =>
    Uint8Array.from({ length: count }, (_, i) => value >> (8 * i));
  const chunk = (type: string, ...data: Uint8Array[]) => {
    const body = bytesOf(...data);
    return bytesOf(type, little(body.length, 4), body, new Uint8Array(body.length & 1));
  };
  const anmf = (x: number, y: number, webp: Uint8Array) =>
    chunk(
      "ANMF",
      little(x / 2, 3),
      little(y / 2, 3),
      little(5, 3),
      little(3, 3),
      little(100, 3),
      Uint8Array.of(0),
      webp.subarray(12),
    );
  const file = (...frames: Uint8Array[]) => {
    const body = bytesOf(
      "WEBP",
      chunk("VP8X", Uint8Array.of(0x12, 0, 0, 0), little(canvas.width - 1, 3), little(canvas.height - 1, 3)),
      chunk("ANIM", new Uint8Array(6)),
      ...frames,
    );
    return bytesOf("RIFF", little(body.length, 4), body);
  };
  const still = await encode("webp", frame), expected = await decodePicture(still);
  const read = await decodePicture(file(anmf(4, 2, still), anmf(0, 0, still)));
  assertEquals([read.width, read.height], [canvas.width, canvas.height]);
  assertEquals(read.warnings, ["the animation was left out; its first frame was kept"]);
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const inside = x >= 4 && x < 10 && y >= 2 && y < 6, at = 4 * (y * canvas.width + x);
      const from = 4 * ((y - 2) * 6 + x - 4);
      assertEquals(
        [...read.data.slice(at, at + 4)],
        inside ? [...expected.data.slice(from, from + 4)] : [0, 0, 0, 0],
      );
    }
  }
  const damaged = [file(), file(anmf(18, 2, still)), file(chunk("ANMF", new Uint8Array(9)))];
  for (const bytes of damaged) {
    assertEquals((await assertRejects(() => decodePicture(bytes), ImageError)).code, "image-damaged");
  }
});

Deno.test("decodePicture() gives the first frame of every animated format, and a warning", async () => {
  for (const format of ["png", "webp", "avif", "jxl"]) {
    const url = new URL(`../fixtures/pictures/animated_red_green_blue.${format}`, import.meta.url);
    const { width, height, data, warnings } = await decodePicture(await Deno.readFile(url));
    assertEquals([width, height], [32, 24]);
    for (let i = 0; i < data.length; i++) {
      const expected = i % 4 === 0 || i % 4 === 3 ? 255 : 0; // red
      assertEquals(Math.abs(data[i] - expected) <= 2, true, `${format}: ${data[i]} at ${i}`);
    }
    assertMatch(warnings!.join(), /^the animation was left out/);
  }
});
