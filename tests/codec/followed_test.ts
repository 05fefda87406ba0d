import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BitstreamError,
  compress,
  type CompressOptions,
  decompress,
  decompressStream,
  inspect,
} from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { mixedPicture } from "./plan/graphics/_pictures.ts";

const plain = syntheticPicture(150, 100);
const translucent = { ...plain, data: plain.data.map((sample, i) => i % 4 === 3 ? i % 256 : sample) };

/** Files with every kind of streams. */
const FILES: readonly (readonly [name: string, picture: typeof plain, options: CompressOptions])[] = [
  ["pixels", plain, { model: "pixels" }],
  ["a latent", plain, { quality: 30 }],
  ["exact samples", plain, { lossless: true }],
  ["exact samples in tiles", plain, { lossless: true, tileSide: 64, workers: 0 }],
  ["alpha", translucent, { model: "pixels" }],
  ["a layer of graphics", mixedPicture(320, 200), { quality: 40 }],
  ["metadata", plain, { model: "pixels", metadata: { user: { a: 1 } } }],
];

/** Bytes that may follow a file: of texts, pictures, archives, and none in particular. */
const REST = [
  "\n",
  " ",
  "trailing",
  "Appendix",
  "<!-- -->",
  "PK\x03\x04",
  "\x89PNG\r\n\x1a\n",
  "\xff\xd8\xff\xe0",
  "GIF89a",
  "\0\0\0\0\0\0",
]
  .map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

for (const [name, picture, options] of FILES) {
  const made = compress(picture, options);

  Deno.test(`bytes behind the end of a file with ${name} are told from damage and truncation`, async () => {
    const file = await made;
    for (const more of [...REST, new Uint8Array(100), file]) {
      const bytes = Uint8Array.of(...file, ...more);
      const last = async (byteLength: number) => {
        const chunks = (async function* () {
          for (let i = 0; i < bytes.length; i += byteLength) yield bytes.slice(i, i + byteLength);
        })();
        for await (const { complete } of decompressStream(chunks)) assertEquals(complete, false);
      };
      const works = [
        () => decompress(bytes),
        () => inspect(new Blob([bytes])),
        () => last(bytes.length),
        () => last(file.length - 1),
      ];
      for (const work of works) {
        const error = await assertRejects<BitstreamError>(work, BitstreamError);
        assertEquals(error.code, "file-followed", String(more));
        assertStringIncludes(error.message, `after ${file.length} bytes`);
      }
      const error = assertThrows(() => inspect(bytes), BitstreamError);
      assertStringIncludes(error.message, `after ${file.length} bytes (got ${bytes.length})`);
    }
  });

  Deno.test(`no beginning of a file with ${name} is taken for a file that other bytes follow`, async () => {
    const file = await made, step = Math.max(1, Math.floor(file.length / 300));
    for (let length = 0; length < file.length; length += step) {
      const part = file.subarray(0, length);
      for (
        const work of [() => Promise.resolve().then(() => inspect(part)), () => inspect(new Blob([part]))]
      ) {
        const code = await work().then(() => "none", (error) => (error as BitstreamError).code);
        assert(
          ["none", "file-truncated", "file-magic"].includes(code),
          `${length} of ${file.length}: ${code}`,
        );
      }
    }
  });
}

Deno.test("any byte but the first of a section that may come is told from damage", async () => {
  const file = await compress(plain, { model: "pixels" });
  const codes = Array.from({ length: 256 }, (_, kind) => {
    const bytes = Uint8Array.of(...file, kind, ...new Uint8Array(40));
    return assertThrows(() => inspect(bytes), BitstreamError).code;
  });
  const others = [...codes.keys()].filter((kind) => codes[kind] !== "file-followed");
  // A pixel check, pixels, metadata.
  assertEquals(
    others,
    [
      0x81,
      0x24,
      ...Array.from({ length: 10 }, (_, i) => 0x90 + i),
    ].sort((a, b) => a - b),
  );
});

Deno.test("decompressStream takes chunks that are ArrayBuffers, and names the type of what is no stream or no bytes", async () => {
  const file = await compress(syntheticPicture(60, 40), { model: "pixels" });
  const last = async (stream: unknown) => {
    let picture;
    for await (picture of decompressStream(stream as AsyncIterable<Uint8Array>));
    return picture;
  };
  const stream = (chunk: unknown) =>
    (async function* () {
      yield await Promise.resolve(chunk);
    })();
  assertEquals((await last(stream(file.buffer)))?.width, 60);
  for (
    const [wrong, name] of [[new Blob(["a"]), "Blob"], [file, "Uint8Array"], [stream("a"), "String"]]
  ) {
    const error = await assertRejects(() => last(wrong), BitstreamError);
    assertEquals(error.code, "source-unreadable");
    assertStringIncludes(error.message, `(got ${name})`);
  }
});
