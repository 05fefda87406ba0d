import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import {
  compress,
  decodePicture,
  decompress,
  encodePicture,
  inspect,
  type Picture,
  placeholder,
} from "../../mod.ts";
import { profileOf } from "../image/synthetic.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { ENCODED_FORMATS, type EncodedFormat, encodePng, PictureDecoder } from "../../src/image/mod.ts";
import { exifBlock } from "../image/synthetic.ts";

const plain = syntheticPicture(150, 100);
const translucent: Picture = {
  ...plain,
  data: plain.data.map((sample, i) => i % 4 === 3 ? (i >> 2) % 256 : sample),
  metadata: { exif: exifBlock(1, true), xmp: new TextEncoder().encode("<x:xmpmeta/>") },
};
const deep: Picture<Uint16Array> = { ...plain, data: Uint16Array.from(plain.data, (sample) => 257 * sample) };

/** Each form in which bytes may be given, with memory that is the caller's. */
const FORMS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["Uint8Array", (bytes) => bytes.slice()],
  ["a view into a larger buffer", (bytes) => {
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    return larger.subarray(7, 7 + bytes.length);
  }],
  ["a Buffer of Node", (bytes) => Buffer.from(bytes)],
  ["shared memory", (bytes) => {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return shared;
  }],
];

/** What reads files, by the file that it is given. */
const READERS: readonly (readonly [string, EncodedFormat | "vaer", (bytes: Uint8Array) => unknown])[] = [
  ["decompress", "vaer", (bytes) => decompress(bytes)],
  ["decompress of an ArrayBuffer", "vaer", (bytes) => decompress(bytes.buffer as ArrayBuffer)],
  [
    "decompress of a region",
    "vaer",
    (bytes) => decompress(bytes, { region: { x: 3, y: 4, width: 50, height: 60 } }),
  ],
  ["inspect of an ArrayBuffer", "vaer", (bytes) => inspect(bytes.buffer as ArrayBuffer)],
  ["placeholder", "vaer", (bytes) => placeholder(bytes)],
  ["placeholder", "jpeg", (bytes) => placeholder(bytes)],
  ...(["png", "jpeg", "webp", "avif", "jxl"] as const).flatMap((format) => [
    ["decodePicture", format, (bytes: Uint8Array) => decodePicture(bytes)] as const,
    [
      "decodePicture in a worker",
      format,
      (bytes: Uint8Array) => decodePicture(bytes, { deadlineMilliseconds: 60_000 }),
    ] as const,
  ]),
];

const files = new Map<string, Uint8Array>([[
  "vaer",
  await compress(plain, { lossless: true, tileSide: 64 }),
]]);
for (const format of ["png", "jpeg", "webp", "avif", "jxl"] as const) {
  files.set(format, (await encodePicture(translucent, format)).bytes);
}

for (const [name, format, read] of READERS) {
  Deno.test(`${name} takes the bytes of a ${format} file as they were when it was called`, async () => {
    const file = files.get(format)!, expected = await read(file.slice());
    for (const [form, made] of name.includes("ArrayBuffer") ? FORMS.slice(0, 1) : FORMS) {
      const bytes = made(file), before = new Uint8Array(bytes), result = read(bytes);
      bytes.fill(0x55);
      assertEquals(await result, expected, form);
      bytes.set(before);
      const kept = await read(bytes);
      bytes.fill(0x55);
      assertEquals(kept, expected, `${form}, written to afterwards`);
    }
  });
}

for (const format of ENCODED_FORMATS) {
  for (const [kind, picture] of [["8 bits", translucent], ["16 bits", deep]] as const) {
    Deno.test(`encodePicture takes samples of ${kind} and metadata as they were when it was called, as ${format}`, async () => {
      const fresh = () => structuredClone(picture);
      const expected = await encodePicture(fresh(), format), given = fresh();
      const result = encodePicture(given, format);
      given.data.fill(0);
      for (const part of Object.values(given.metadata ?? {})) if (part instanceof Uint8Array) part.fill(0);
      assertEquals(await result, expected);
    });
  }

  Deno.test(`encodePicture leaves the samples as they are, of a Buffer too, as ${format}`, async () => {
    const data = Buffer.from(translucent.data), given = { ...translucent, data } as unknown as Picture;
    const { bytes } = await encodePicture(given, format);
    assertEquals(new Uint8Array(data), new Uint8Array(translucent.data));
    assertEquals(bytes, (await encodePicture(translucent, format)).bytes);
  });
}

Deno.test("encodePng takes samples as they were when it was called", async () => {
  const given = structuredClone(translucent), result = encodePng(given);
  given.data.fill(0);
  assertEquals(await result, await encodePng(translucent));
});

for (const [form, made] of FORMS) {
  Deno.test(`compress takes samples as they were when it was called: ${form}`, async () => {
    const expected = await compress(plain, { lossless: true });
    const data = made(new Uint8Array(plain.data)), file = compress({ ...plain, data }, { lossless: true });
    data.fill(0);
    assertEquals(await file, expected);
    const icc = made(profileOf("RGB ")),
      whole = { metadata: { icc: icc.slice() }, lossless: true } as const;
    const noted = await compress(plain, whole),
      later = compress(plain, { metadata: { icc }, lossless: true });
    icc.fill(0);
    assertEquals(await later, noted);
  });
}

Deno.test("decompress takes its options as they were when it was called, frozen ones too", async () => {
  const file = files.get("vaer")!, region = { x: 3, y: 4, width: 50, height: 60 };
  const expected = await decompress(file, Object.freeze({ region: Object.freeze({ ...region }) }));
  const options = { region: { ...region }, partial: false }, result = decompress(file, options);
  options.region.x = 20;
  options.region.width = 7;
  options.partial = true;
  assertEquals(await result, expected);
});

Deno.test("a decoder with `transfer` empties the array that it is given, and no other keeps its bytes", async () => {
  using decoder = new PictureDecoder();
  const bytes = files.get("png")!.slice(), expected = await decodePicture(files.get("png")!);
  assertEquals(await decoder.decode(bytes, { transfer: true }), expected);
  assertEquals(bytes.length, 0);
});
