import { assertEquals } from "@std/assert";
import { brotliCompressSync } from "node:zlib";
import { jxlMetadata } from "../../src/image/headers/jxl.ts";
import { decodePicture } from "../../src/image/mod.ts";
import { box } from "./avif_file.ts";
import { bytesOf, encode, exifBlock, gradient, uint32 } from "./synthetic.ts";

const codestream = await encode("jxl", gradient(24, 16));
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A container with boxes before the picture. */
function container(...boxes: Uint8Array[]): Uint8Array {
  return bytesOf(
    box("JXL ", Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    box("ftyp", "jxl ", uint32(0), "jxl "),
    ...boxes,
    box("jxlc", codestream),
  );
}

Deno.test("a JPEG XL's EXIF and XMP are kept and set to upright, and do not turn it", async () => {
  const packet = (value: number) =>
    `<a xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${value}"/>`;
  for (const littleEndian of [true, false]) {
    for (const name of ["", "Exif\0\0"]) {
      const exif = bytesOf(uint32(name.length), name, exifBlock(6, littleEndian));
      const broken = box("Exif", uint32(0), "no TIFF header");
      const file = container(
        broken,
        box("Exif", exif),
        box("xml ", packet(6)),
        box("Exif", uint32(0), exifBlock(3, true)),
      );
      const { width, height, metadata, warnings } = await decodePicture(file);
      assertEquals([width, height, warnings], [24, 16, undefined]);
      assertEquals(metadata?.exif, exifBlock(1, littleEndian));
      assertEquals(text(metadata?.xmp), packet(1));
    }
  }
});

const XMP = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

Deno.test("a JPEG XL's metadata that are compressed by Brotli are read like plain ones", async () => {
  const exif = bytesOf(uint32(0), exifBlock(1, true)), xmp = new TextEncoder().encode(XMP);
  const plain = await decodePicture(container(box("Exif", exif), box("xml ", xmp)));
  assertEquals([Object.keys(plain.metadata ?? {}).sort(), plain.warnings], [["exif", "xmp"], undefined]);
  const packed = (type: string, content: Uint8Array) => box("brob", type, brotliCompressSync(content));
  const other = packed("abcd", xmp);
  assertEquals(await decodePicture(container(packed("Exif", exif), other, packed("xml ", xmp))), plain);
});

Deno.test("metadata whose Brotli data are damaged or too long are left out with a warning", async () => {
  const tooLong = brotliCompressSync(new Uint8Array(2 ** 24 + 1));
  const whole = brotliCompressSync(Uint8Array.from({ length: 200 }, (_, i) => (i * i * 7919) % 251));
  for (
    const content of [Uint8Array.from(whole, (byte) => byte ^ 0xff), new Uint8Array(40).fill(0xff), tooLong]
  ) {
    const { metadata, warnings } = await decodePicture(
      container(box("brob", "Exif", content), box("brob", "xml ", content)),
    );
    assertEquals([metadata, warnings], [
      undefined,
      ["EXIF", "XMP"].map((name) =>
        `the ${name} metadata are compressed by Brotli, which cannot be read or give more than 16777216 bytes, and were left out`
      ),
    ]);
  }
});

Deno.test("where the runtime has no Brotli, metadata that it compresses are left out with a warning", async () => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "process")!;
  Object.defineProperty(globalThis, "process", { value: undefined, configurable: true });
  try {
    const { metadata, warnings } = jxlMetadataOf(
      container(box("brob", "xml ", brotliCompressSync(bytesOf(XMP)))),
    );
    assertEquals([metadata, warnings], [undefined, [
      "the XMP metadata are compressed by Brotli, which this runtime cannot decompress, and were left out",
    ]]);
  } finally {
    Object.defineProperty(globalThis, "process", kept);
  }
  await Promise.resolve();
});

function jxlMetadataOf(file: Uint8Array): { metadata: Uint8Array | undefined; warnings: readonly string[] } {
  const { xmp, warnings } = jxlMetadata(file);
  return { metadata: xmp, warnings };
}

Deno.test("an animated JPEG XL gives its first frame and a warning", async () => {
  const file = await Deno.readFile(new URL("../fixtures/pictures/animated.jxl", import.meta.url));
  const { data, warnings } = await decodePicture(file);
  assertEquals([...data.subarray(0, 4)], [10, 10, 10, 255]);
  assertEquals(warnings, ["the animation was left out; its first frame was kept"]);
});
