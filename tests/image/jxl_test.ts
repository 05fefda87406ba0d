import { assertEquals } from "@std/assert";
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

Deno.test("a JPEG XL's metadata that are compressed by Brotli are left out with a warning", async () => {
  const { metadata, warnings } = await decodePicture(
    container(box("brob", "Exif", 1, 2, 3), box("brob", "xml ", 4)),
  );
  assertEquals([metadata, warnings], [undefined, [
    "the EXIF metadata are compressed by Brotli, which is not supported, and were left out",
    "the XMP metadata are compressed by Brotli, which is not supported, and were left out",
  ]]);
});

Deno.test("an animated JPEG XL gives its first frame and a warning", async () => {
  const file = await Deno.readFile(new URL("../fixtures/pictures/animated.jxl", import.meta.url));
  const { data, warnings } = await decodePicture(file);
  assertEquals([...data.subarray(0, 4)], [10, 10, 10, 255]);
  assertEquals(warnings, ["the animation was left out; its first frame was kept"]);
});
