import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decodePicture, type EncodedFormat, encodePicture, type Picture } from "../../mod.ts";
import {
  type DeepPicture,
  ENCODED_FORMATS,
  encodePng,
  formatOfExtension,
  ImageError,
  sniffFormat,
} from "../../src/image/mod.ts";
import { exifBlock, gradient, largestDifference, noise, profileOf } from "./synthetic.ts";

const metadata = {
  icc: profileOf("RGB ", 70_000),
  exif: exifBlock(1, true),
  xmp: new TextEncoder().encode("<x:xmpmeta/>"),
};
const READ_FORMATS = ["png", "jpeg", "webp", "avif", "jxl"] as const;
const opaque = (picture: Picture) => {
  const data = picture.data.slice();
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { ...picture, data };
};

for (const format of ENCODED_FORMATS) {
  Deno.test(`encodePicture() writes an ImageData as ${format}, whose fields are getters of its class`, async () => {
    for (const { data, width, height } of [noise(37, 21), opaque(noise(37, 21))]) {
      const image = new ImageData(new Uint8ClampedArray(data), width, height) as Picture;
      assertEquals(await encodePicture(image, format), await encodePicture({ data, width, height }, format));
    }
  });
}

Deno.test("metadata of wrong types are refused by every format, with their name and type", async () => {
  const picture = noise(5, 4), png = (options: object) => encodePng(picture, options);
  const writers: ((metadata: never) => Promise<unknown>)[] = [
    ...ENCODED_FORMATS.map((format) => (metadata: never) => encodePicture({ ...picture, metadata }, format)),
    (metadata) => encodePng({ ...picture, metadata }),
    (metadata) => png({ metadata }),
  ];
  const wrong: [metadata: unknown, told: RegExp][] = [
    ...["icc", "exif", "xmp"].flatMap((name) =>
      ["text", 5, {}, null, new ArrayBuffer(8), new Uint16Array(4)].map((value): [unknown, RegExp] => [
        { [name]: value },
        new RegExp(
          `its metadata's ${name} must be a Uint8Array \\(got ${
            Object.prototype.toString.call(value).slice(8, -1)
          }\\)`,
        ),
      ])
    ),
    ...["sRGB", 9, null, {}, { primaries: 300, transfer: 13, matrix: 0, fullRange: true }].map((
      cicp,
    ): [unknown, RegExp] => [{ cicp }, /its metadata's cicp must have/]),
    ["text", /metadata must be an object \(got String\)/],
    [null, /metadata must be an object \(got Null\)/],
  ];
  for (const write of writers) {
    for (const [metadata, told] of wrong) {
      if (write === writers.at(-1) && metadata === null) continue; // as an option, null stands for the picture's own
      const error = await assertRejects(() => write(metadata as never), ImageError);
      assertEquals(error.code, "image-invalid");
      assertMatch(error.message, told);
    }
  }
});

for (const format of READ_FORMATS) {
  Deno.test(`encodePicture() writes a ${format} file near the picture, nearer at higher quality`, async () => {
    const qualities = format === "png" ? [undefined] : [30, undefined, 100];
    for (const [width, height] of [[1, 1], [37, 21], [130, 67]]) {
      const source = gradient(width, height), lengths: number[] = [];
      for (const quality of qualities) {
        const { bytes, warnings } = await encodePicture(
          source,
          format,
          quality === undefined ? {} : { quality },
        );
        assertEquals([sniffFormat(bytes), warnings], [format, []]);
        const read = await decodePicture(bytes);
        assertEquals([read.width, read.height], [width, height]);
        if (quality === 100 || format === "png") assertEquals(largestDifference(read, source) <= 12, true);
        lengths.push(bytes.length);
      }
      if (width === 130 && format !== "png") {
        assertEquals(lengths[0] < lengths[1] && lengths[1] < lengths[2], true);
      }
    }
  });
}

Deno.test("encodePicture() with lossless writes PNG, WebP, AVIF and JPEG XL exactly, hidden samples too", async () => {
  for (const format of ["png", "webp", "avif", "jxl"] as const) {
    for (const picture of [noise(33, 17), opaque(noise(64, 5)), gradient(1, 40)]) {
      const { bytes } = await encodePicture(picture, format, { lossless: true });
      const read = await decodePicture(bytes);
      // The library that reads JPEG XL computes with floats, whatever the file holds.
      assertEquals(largestDifference(read, picture) <= (format === "jxl" ? 1 : 0), true, format);
    }
  }
});

Deno.test("encodePicture() keeps EXIF and XMP in all formats that are read, the profile in all but JPEG XL", async () => {
  for (const format of READ_FORMATS) {
    for (const source of [gradient(24, 16), noise(24, 16)]) {
      const { bytes, warnings } = await encodePicture({ ...source, metadata }, format);
      const { icc, ...others } = metadata, read = (await decodePicture(bytes)).metadata;
      assertEquals(read, format === "jxl" ? others : { icc, ...others }, format);
      assertEquals(warnings.some((warning) => /profile/.test(warning)), format === "jxl");
    }
  }
});

Deno.test("encodePicture() keeps a colour description as a profile, and a grey profile beside grey samples", async () => {
  const cicp = { primaries: 12, transfer: 13, matrix: 0, fullRange: true } as const;
  const grey = { data: new Uint8ClampedArray(64).fill(99), width: 4, height: 4 };
  for (const format of ["jpeg", "webp", "avif"] as const) {
    const { bytes } = await encodePicture({ ...gradient(9, 9), metadata: { cicp } }, format);
    assertEquals((await decodePicture(bytes)).metadata?.icc !== undefined, true, format);
  }
  for (const format of READ_FORMATS) {
    for (
      const [source, kept] of [[grey, format === "png" || format === "jpeg"], [
        gradient(4, 4),
        false,
      ]] as const
    ) {
      const icc = profileOf("GRAY", 400);
      const { bytes, warnings } = await encodePicture({ ...opaque(source), metadata: { icc } }, format);
      assertEquals((await decodePicture(bytes)).metadata?.icc !== undefined, kept, format);
      if (format !== "png") assertEquals(warnings.length, kept ? 0 : 1, format);
    }
  }
});

Deno.test("encodePicture() rounds 16 bits per sample where a format has 8, and says so", async () => {
  const { data } = noise(13, 9);
  const deep: DeepPicture = { data: Uint16Array.from(data, (v, i) => v * 257 - i % 2), width: 13, height: 9 };
  for (const format of ["webp", "jxl"] as const) {
    const { bytes, warnings } = await encodePicture(deep, format, { lossless: true });
    const expected = Array.from(deep.data, (sample) => Math.round(sample / 257));
    assertEquals([...(await decodePicture(bytes)).data], expected, format);
    assertMatch(warnings.join(), /rounded to 8/);
  }
  const { bytes, warnings } = await encodePicture(deep, "png");
  assertEquals([(await decodePicture(bytes, { keepDepth: true })).data, warnings], [deep.data, []]);
});

for (const [bits, most] of [[10, 1023], [12, 4095]] as const) {
  Deno.test(`AVIF keeps ${bits} bits per sample, also of alpha, and decodePicture() rounds them unless asked`, async () => {
    const { data: source } = noise(33, 21);
    const data = Uint16Array.from(source, (v, i) => Math.round((4 * v + i % 3) * 65535 / most));
    const { bytes, warnings } = await encodePicture({ data, width: 33, height: 21 }, "avif", {
      lossless: true,
    });
    assertEquals(warnings, []);
    assertEquals(await decodePicture(bytes, { keepDepth: true }), { data, width: 33, height: 21 });
    const rounded = await decodePicture(bytes);
    assertMatch(rounded.warnings!.join(), new RegExp(`rounded from ${bits} to 8 bits`));
    assert(rounded.data.every((sample, i) => Math.abs(sample - data[i] / 257) <= 1));
  });
}

Deno.test("AVIF of 16 bits is rounded to 12 in exact and to 10 in lossy files, and says so", async () => {
  const data = Uint16Array.from({ length: 4 * 16 * 16 }, (_, i) => i % 4 === 3 ? 65535 : 17 * i);
  for (const [options, bits] of [[{ lossless: true }, 12], [{ quality: 90 }, 10]] as const) {
    const { bytes, warnings } = await encodePicture({ data, width: 16, height: 16 }, "avif", options);
    assertEquals(warnings, [`samples of 16 bits were rounded to ${bits}`]);
    const shown = await decodePicture(bytes, { keepDepth: true });
    assert(shown.data instanceof Uint16Array);
    if (bits === 12) assert(shown.data.every((sample, i) => Math.abs(sample - data[i]) <= 8));
  }
});

Deno.test("encodePicture() lays a picture with alpha on white for JPEG and PPM, and says so", async () => {
  const clear = { data: new Uint8ClampedArray(4 * 16 * 16), width: 16, height: 16 };
  const jpeg = await encodePicture(clear, "jpeg");
  assertEquals((await decodePicture(jpeg.bytes)).data.every((sample) => sample >= 254), true);
  const half = { data: Uint8ClampedArray.of(0, 100, 255, 128), width: 1, height: 1 };
  const ppm = await encodePicture(half, "ppm");
  assertEquals([...ppm.bytes.slice(-3)], [127, 177, 255]);
  for (const { warnings } of [jpeg, ppm]) assertMatch(warnings.join(), /laid on white/);
});

Deno.test("encodePicture() writes PPM and PAM as Netpbm describes them, of 8 and 16 bits", async () => {
  const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
  const picture = { data: Uint8ClampedArray.of(65, 66, 67, 255, 68, 69, 70, 255), width: 2, height: 1 };
  assertEquals(text((await encodePicture(picture, "ppm")).bytes), "P6\n2 1\n255\nABCDEF");
  const deep = { data: Uint16Array.of(0x4142, 0x4344, 0x4546, 0x4748), width: 1, height: 1 };
  const pam = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\nABCDEFGH";
  assertEquals(text((await encodePicture(deep, "pam")).bytes), pam);
  const white = { data: Uint16Array.of(0x4142, 0x4344, 0x4546, 65535), width: 1, height: 1 };
  assertEquals(text((await encodePicture(white, "ppm")).bytes), "P6\n1 1\n65535\nABCDEF");
  assertMatch(
    (await encodePicture({ ...picture, metadata }, "ppm")).warnings.join(),
    /colour space, EXIF, XMP/,
  );
});

Deno.test("encodePicture() refuses formats, options and sizes that cannot be, and lists what is accepted", async () => {
  const picture = gradient(4, 4);
  const refused = async (format: string, options: Record<string, unknown> = {}) => {
    const error = await assertRejects(
      () => encodePicture(picture, format as EncodedFormat, options),
      ImageError,
    );
    assertEquals(error.code, "image-encode-options");
    return error.message;
  };
  for (const format of ["gif", "PNG", "", "constructor", undefined]) {
    assertMatch(
      await refused(format as string),
      new RegExp(`${ENCODED_FORMATS.slice(0, -1).join(", ")} or ${ENCODED_FORMATS.at(-1)}`),
    );
  }
  for (const quality of [0, 101, NaN, -1, "90", null]) {
    assertMatch(await refused("jpeg", { quality }), /1 to 100/);
  }
  assertMatch(await refused("jpeg", { lossless: true }), /a lossless file must be of PNG, WebP/);
  assertMatch(await refused("webp", { lossless: "yes" }), /true or false/);
  assertMatch(await refused("webp", { lossless: true, quality: 5 }), /quality must be absent/);
  assertMatch(await refused("png", { quality: 5 }), /quality must be absent/);
  const long = { data: new Uint8ClampedArray(4 * 16384), width: 16384, height: 1 };
  const error = await assertRejects(() => encodePicture(long, "webp"), ImageError, "at most 16383");
  assertEquals(error.code, "image-encode-options");
});

Deno.test("formatOfExtension() knows the extensions of all formats, whatever their case", () => {
  const known = {
    png: "png",
    jpg: "jpeg",
    JPEG: "jpeg",
    webp: "webp",
    AVIF: "avif",
    jxl: "jxl",
    ppm: "ppm",
    pam: "pam",
  };
  for (const [extension, format] of Object.entries(known)) {
    assertEquals(formatOfExtension(`folder.x/a.b.${extension}`), format as EncodedFormat);
  }
  for (const path of ["a.gif", "a", "png", "a.png/b", "a.constructor", "a.", ".hidden/a", ""]) {
    assertEquals(formatOfExtension(path), undefined, path);
  }
});
