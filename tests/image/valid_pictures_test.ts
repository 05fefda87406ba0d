import { assertEquals, assertRejects } from "@std/assert";
import { inflateSync } from "node:zlib";
import { decodePicture, encodePng, ImageError, type Picture } from "../../src/image/mod.ts";
import { type Chunk, chunkBytes, chunksOf, rawPng, SIGNATURE, withChunks, zlib } from "./png_file.ts";
import { fixture } from "../fixtures/fixture.ts";
import { bytesOf, encode, gradient, noise, profileOf } from "./synthetic.ts";

async function codeOf(file: Uint8Array): Promise<string> {
  return (await assertRejects(() => decodePicture(file), ImageError)).code;
}

/** The file with its IDAT chunks' data replaced. */
function withData(file: Uint8Array, ...data: Uint8Array[]): Uint8Array {
  const chunks = chunksOf(file), first = chunks.findIndex(([type]) => type === "IDAT");
  const others = chunks.filter(([type]) => type !== "IDAT");
  const replaced = data.map((part): Chunk => ["IDAT", part]);
  return bytesOf(
    SIGNATURE,
    ...[...others.slice(0, first), ...replaced, ...others.slice(first)].map((chunk) => chunkBytes(chunk)),
  );
}

function dataOf(file: Uint8Array): Uint8Array {
  return bytesOf(...chunksOf(file).filter(([type]) => type === "IDAT").map(([, data]) => data));
}

Deno.test("decodePicture() reads a PNG whose IDAT holds bytes behind the zlib stream", async () => {
  for (const name of ["idat_trailing_garbage.png", "idat_trailing_zeros.png"]) {
    const file = await fixture(name);
    // Node's zlib, unlike the web's streams, leaves what follows a stream alone.
    const rows = new Uint8Array(inflateSync(dataOf(file)));
    assertEquals(await decodePicture(file), await decodePicture(withData(file, await zlib(rows))));
  }
  for (const [width, height] of [[1, 1], [40, 30], [301, 200]]) {
    for (const picture of [noise(width, height), gradient(width, height)]) {
      const file = await encodePng(picture), data = dataOf(file);
      for (const tail of [Uint8Array.of(0), new Uint8Array(1217), noise(20, 20).data]) {
        const bytes = Uint8Array.from(tail), cut = data.length >> 1;
        assertEquals(await decodePicture(withData(file, bytesOf(data, bytes))), picture);
        assertEquals(
          await decodePicture(withData(file, data.subarray(0, cut), data.subarray(cut), bytes)),
          picture,
        );
      }
    }
  }
});

Deno.test("decodePicture() reads an interlaced 16-bit PNG with bytes behind the zlib stream", async () => {
  const rows = bytesOf(0, 0x12, 0x34, 0, 0xff, 0xff, 0, 0, 0, 0x80, 0x80);
  const file = await rawPng([2, 2, 16, 0, 1], rows);
  const tailed = withData(file, bytesOf(dataOf(file), 1, 2, 3));
  const [plain, read] = [
    await decodePicture(file, { keepDepth: true }),
    await decodePicture(tailed, { keepDepth: true }),
  ];
  assertEquals(read, plain);
  assertEquals([...read.data].filter((_, i) => i % 4 === 0), [0x1234, 0xffff, 0, 0x8080]);
});

Deno.test("decodePicture() refuses a PNG whose compressed data are corrupt or too short, also with bytes behind", async () => {
  const file = await encodePng(noise(40, 30)), data = dataOf(file);
  const wrong = data.slice();
  wrong.fill(0xff, 2, 40);
  for (const broken of [wrong, data.subarray(0, data.length >> 1), new Uint8Array(50)]) {
    assertEquals(await codeOf(withData(file, bytesOf(broken, new Uint8Array(9)))), "image-damaged");
  }
  const short = await zlib(new Uint8Array(100));
  assertEquals(await codeOf(withData(file, bytesOf(short, 7, 7, 7))), "image-damaged");
});

Deno.test("only the low bits of a PNG's tRNS count, at every depth", async () => {
  const { data } = await decodePicture(await fixture("trns_grey8_ff00.png"));
  for (let i = 0; i < data.length; i += 4) assertEquals(data[i + 3], data[i] === 0 ? 0 : 255);
  assertEquals(data.some((value, i) => i % 4 === 3 && value === 0), true);

  const rowsByDepth: [depth: number, row: number[], key: number][] = [
    [1, [0b01000000], 1],
    [2, [0b00010000], 1],
    [4, [0x07], 7],
    [8, [0, 7], 7],
  ];
  for (const [depth, row, key] of rowsByDepth) {
    const alphaOf = async (high: number) => {
      const file = await rawPng([2, 1, depth, 0, 0], bytesOf(0, ...row), [[
        "tRNS",
        Uint8Array.of(high, key),
      ]]);
      return [...(await decodePicture(file)).data].filter((_, i) => i % 4 === 3);
    };
    assertEquals(await alphaOf(0), [255, 0]);
    assertEquals(await alphaOf(0xff), [255, 0]);
  }
  const rgb = await rawPng([1, 1, 8, 2, 0], bytesOf(0, 1, 2, 3), [["tRNS", Uint8Array.of(9, 1, 9, 2, 9, 3)]]);
  assertEquals([...(await decodePicture(rgb)).data], [1, 2, 3, 0]);
  const deep = await rawPng([1, 1, 16, 0, 0], bytesOf(0, 0, 7), [["tRNS", Uint8Array.of(0xff, 7)]]);
  assertEquals((await decodePicture(deep)).data[3], 255); // all sixteen bits count
});

Deno.test("a PNG's palette index beyond the palette is opaque black, at every depth, interlaced or not", async () => {
  const { data } = await decodePicture(await fixture("pal_oor_4.png"));
  const colours = new Set(
    Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4).join()),
  );
  assertEquals(colours.has("0,0,0,255"), true);
  assertEquals(colours.size, 4);

  const palette: Chunk = ["PLTE", Uint8Array.of(10, 20, 30)], clear: Chunk = ["tRNS", Uint8Array.of(0)];
  const rows: [depth: number, row: number[]][] = [[1, [0x40]], [2, [0x30]], [4, [0x0f]], [8, [0, 200]]];
  for (const [depth, row] of rows) {
    for (const interlace of [0, 1]) {
      const raw = interlace === 0
        ? bytesOf(0, ...row)
        : bytesOf(0, row[0] & (depth === 8 ? 255 : 0), 0, row.length > 1 ? row[1] : row[0] << depth);
      const picture = await decodePicture(
        await rawPng([2, 1, depth, 3, interlace], Uint8Array.from(raw, (v) => v & 255), [palette, clear]),
      );
      assertEquals([...picture.data], [10, 20, 30, 0, 0, 0, 0, 255]);
    }
  }
});

Deno.test("a PNG's ancillary chunk with a wrong checksum is dropped with a warning, a critical one refused", async () => {
  const { data, warnings } = await decodePicture(await fixture("crc_trns_bad.png"));
  assertEquals(data.every((value, i) => i % 4 !== 3 || value === 255), true);
  assertEquals(warnings, ['chunk "tRNS" has a wrong checksum and was left out']);

  const picture = gradient(12, 9), file = await encodePng(picture);
  const ancillary: Chunk[] = [
    ["tEXt", bytesOf("Title\0hills")],
    ["gAMA", Uint8Array.of(0, 1, 0x86, 0xa0)],
    ["cICP", Uint8Array.of(9, 16, 0, 1)],
    ["iCCP", bytesOf("name\0\0", await zlib(profileOf("RGB ")))],
    ["eXIf", Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)],
  ];
  for (const chunk of ancillary) {
    const [header, ...rest] = chunksOf(file);
    const broken = bytesOf(
      SIGNATURE,
      chunkBytes(header),
      chunkBytes(chunk, false),
      ...rest.map((other) => chunkBytes(other)),
    );
    const read = await decodePicture(broken);
    assertEquals(read.data, picture.data);
    assertEquals(read.metadata, undefined, chunk[0]);
    assertEquals(read.warnings, [`chunk "${chunk[0]}" has a wrong checksum and was left out`]);
  }
  for (const critical of ["IHDR", "IDAT", "IEND"]) {
    const broken = bytesOf(
      SIGNATURE,
      ...chunksOf(file).map((chunk) => chunkBytes(chunk, chunk[0] !== critical)),
    );
    assertEquals(await codeOf(broken), "image-damaged");
  }
});

Deno.test("a PNG without its end chunk, or with a part of it, is read with a warning", async () => {
  const picture = noise(20, 15), file = await encodePng(picture);
  const warnings = ["the file ends before its end chunk; its picture data are complete"];
  for (let missing = 1; missing <= 12; missing++) {
    const cut = await decodePicture(file.subarray(0, file.length - missing));
    assertEquals(cut, { ...picture, warnings });
  }
  const text: Chunk = ["tEXt", bytesOf("Comment\0", "x".repeat(100))];
  const [rows] = [new Uint8Array([0, 5, 6, 7])];
  const behind = await rawPng([3, 1, 8, 0, 0], rows, [], [text]);
  assertEquals((await decodePicture(behind.subarray(0, behind.length - 60))).warnings, warnings);
  // Picture data that are cut, even by one byte, are damage.
  for (const missing of [13, 14, 16, 17, 40]) {
    assertEquals(await codeOf(file.subarray(0, file.length - missing)), "image-damaged");
  }
});

Deno.test("bytes behind a PNG's end chunk, whole or cut chunks among them, are of no interest", async () => {
  const picture = noise(20, 15), file = await encodePng(picture);
  for (
    const tail of [Uint8Array.of(0), bytesOf("PK\x03\x04 a zip file"), Uint8Array.of(0, 0, 0, 9, 73, 68, 65)]
  ) {
    assertEquals(await decodePicture(bytesOf(file, tail)), picture);
  }
});

Deno.test("an animated PNG gives its still picture and a warning", async () => {
  const picture = gradient(8, 8);
  const animated = withChunks(await encodePng(picture), ["acTL", new Uint8Array(8)]);
  assertEquals((await decodePicture(animated)).warnings, [
    "the animation was left out; the still picture was kept",
  ]);
});

/** Where the last end-of-image marker begins. */
function endOfImage(file: Uint8Array): number {
  return file.lastIndexOf(0xff);
}

/** Baseline and progressive files, grey and colour, by the library's encoder. */
async function jpegs(picture: Picture): Promise<Uint8Array[]> {
  const { default: encodeJpeg } = await import("@jsquash/jpeg/encode.js");
  const image = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  const files = [];
  for (const progressive of [false, true]) {
    for (const colorSpace of [3, 1]) { // YCbCr, grey
      files.push(new Uint8Array(await encodeJpeg(image, { progressive, color_space: colorSpace } as never)));
    }
  }
  return files;
}

Deno.test("a JPEG without end marker, or with a maker's data in its place or behind it, reads as the whole one", async () => {
  const ok = await decodePicture(await fixture("ok.jpg"));
  for (const name of ["no_eoi.jpg", "samsung_trailer.jpg"]) {
    assertEquals(await decodePicture(await fixture(name)), ok);
  }
  const thumbnail = await encode("jpeg", gradient(16, 16));
  const tails = [
    new Uint8Array(0),
    new Uint8Array(3000),
    bytesOf("SEFH", new Uint8Array(40), "SEFT"),
    bytesOf(Uint8Array.of(0xff, 0xe1, 0xff, 0xff), "cut"),
    bytesOf(thumbnail),
    bytesOf(new Uint8Array(9), thumbnail, "ftypmp42"),
    Uint8Array.of(0xff),
  ];
  for (const file of await jpegs(gradient(50, 40))) {
    const whole = await decodePicture(file), end = endOfImage(file);
    for (const tail of tails) {
      assertEquals(await decodePicture(bytesOf(file.subarray(0, end), tail)), whole);
      assertEquals(await decodePicture(bytesOf(file, tail)), whole);
    }
  }
});

Deno.test("a JPEG that lacks coded data or a scan is damaged, with and without end marker", async () => {
  for (const file of await jpegs(noise(50, 40))) {
    const end = endOfImage(file);
    const scans = [...file.keys()].filter((i) => file[i] === 0xff && file[i + 1] === 0xda);
    // Before each scan but the first, and within coded data.
    for (const cut of [...scans.slice(1), end - 40, end - 200]) {
      assertEquals(await codeOf(file.subarray(0, cut)), "image-damaged");
    }
  }
});

Deno.test("JPEG processes that the library does not decode are refused by name, not as damaged", async () => {
  const message = async (file: Uint8Array) => {
    const error = await assertRejects(() => decodePicture(file), ImageError);
    assertEquals(error.code, "image-unsupported");
    return error.message;
  };
  assertEquals((await message(await fixture("arith.jpg"))).includes("arithmetic coding (SOF9)"), true);
  const frame = (marker: number, precision: number, components: number, height = 16) =>
    bytesOf(
      Uint8Array.of(0xff, 0xd8, 0xff, marker, 0, 8 + 3 * components, precision, 0, height, 0, 16, components),
      new Uint8Array(3 * components),
      Uint8Array.of(0xff, 0xda, 0, 2),
    );
  const cases: [marker: number, precision: number, components: number, name: string][] = [
    [0xc3, 8, 3, "lossless"],
    [0xc5, 8, 3, "hierarchical"],
    [0xc6, 8, 3, "hierarchical"],
    [0xc7, 8, 3, "hierarchical"],
    [0xc9, 8, 3, "arithmetic"],
    [0xca, 8, 1, "arithmetic"],
    [0xcb, 8, 3, "arithmetic"],
    [0xcd, 8, 3, "hierarchical"],
    [0xce, 8, 3, "hierarchical"],
    [0xcf, 8, 3, "hierarchical"],
    [0xf7, 8, 3, "JPEG-LS"],
    [0xc1, 12, 3, "12 bits"],
    [0xc2, 12, 1, "12 bits"],
    [0xc0, 8, 4, "CMYK"],
    [0xc0, 8, 2, "2 components"],
  ];
  for (const [marker, precision, components, name] of cases) {
    assertEquals((await message(frame(marker, precision, components))).includes(name), true, name);
  }
  assertEquals((await message(frame(0xc0, 8, 3, 0))).includes("DNL"), true);
});
