import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { compress, type DecodeOptions, decodePicture, decompress } from "../../mod.ts";
import {
  type DeepPicture,
  ImageError,
  type Orientation,
  type Picture,
  PictureDecoder,
  type PictureMetadata,
  readPictureSize,
} from "../../src/image/mod.ts";
import { codestreamParts, readJxl } from "../../src/image/headers/jxl.ts";
import { orientPicture } from "../../src/image/orientation.ts";
import { DEEP_SIZE, deepPicture } from "../fixtures/deep_jxl.ts";
import { fixture } from "../fixtures/fixture.ts";
import { box } from "./avif_file.ts";
import { valuesOf } from "./profile_values.ts";
import { bytesOf, exifBlock, uint32 } from "./synthetic.ts";
import { denoOutput } from "../run_deno.ts";

/** Decodes a fixture with all its bits. */
async function deep(name: string, options: DecodeOptions = {}): Promise<Picture | DeepPicture> {
  return await decodePicture(await fixture(name), { ...options, keepDepth: true });
}

const record = (primaries: number, transfer: number): PictureMetadata => ({
  cicp: { primaries, transfer, matrix: 0, fullRange: true },
});
const LINEAR = record(1, 8);

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(work, ImageError);
  assertMatch(error.message, /^Cannot .*: .* must .* \(got .*\)\. .*\.$/s);
  return error.code;
}

Deno.test("a lossless JPEG XL of more than 8 bits keeps every sample: grey, grey and alpha, RGB, RGBA; 10 and 16 bits", async () => {
  assertEquals(await deep("deep_rgb.jxl"), deepPicture(3));
  assertEquals(await deep("deep_rgba.jxl"), { ...deepPicture(4), metadata: LINEAR });
  assertEquals(await deep("deep_grey.jxl"), { ...deepPicture(1), metadata: LINEAR });
  assertEquals(await deep("deep_grey_alpha.jxl"), { ...deepPicture(2), metadata: LINEAR });
  assertEquals(await deep("deep_rgba_10.jxl"), { ...deepPicture(4, 10), metadata: LINEAR });
});

Deno.test("each of the 16,384 samples of 14 bits is the one of 16 bits that PNG would hold", async () => {
  const { data } = await deep("deep_grey_14.jxl");
  for (let sample = 0; sample < 2 ** 14; sample++) {
    assertEquals(data[4 * sample], Math.round(sample * 65535 / 16383));
  }
});

Deno.test("without keepDepth a deep JPEG XL is rounded to 8 bits, with a warning", async () => {
  const { data, width, height } = deepPicture(4, 10);
  const rounded = { data: Uint8ClampedArray.from(data, (sample) => Math.round(sample / 257)), width, height };
  assertEquals(await decodePicture(await fixture("deep_rgba_10.jxl")), {
    ...rounded,
    metadata: LINEAR,
    warnings: ["the samples were rounded from 10 to 8 bits"],
  });
});

Deno.test("a deep JPEG XL goes through a lossless file exactly, its colour space with it", async () => {
  for (
    const name of [
      "deep_rgb.jxl",
      "deep_grey_alpha.jxl",
      "deep_pq.jxl",
      "deep_hlg.jxl",
      "deep_icc.jxl",
      "deep_pq_lossy.jxl",
    ]
  ) {
    const picture = await deep(name);
    assertEquals(await decompress(await compress(picture, { lossless: true }), { keepDepth: true }), picture);
  }
});

Deno.test("samples and colour space of a lossless JPEG XL are kept as PQ, HLG, P3, an odd white point, a gamma", async () => {
  const samples = deepPicture(3);
  assertEquals(await deep("deep_pq.jxl"), { ...samples, metadata: record(9, 16) });
  assertEquals(await deep("deep_hlg.jxl"), { ...samples, metadata: record(9, 18) });
  assertEquals(await deep("deep_p3.jxl"), { ...samples, metadata: record(12, 13) });
  const near = (actual: readonly number[], expected: readonly number[]) =>
    assertEquals(actual.every((value, i) => Math.abs(value - expected[i]) < 1e-3), true, actual.join());
  const equalEnergy = await deep("deep_equal_energy.jxl"), gamma = await deep("deep_gamma.jxl");
  assertEquals([equalEnergy.data, gamma.data], [samples.data, samples.data]);
  // sRGB's red under white E, and under D65, relative to D50 by Bradford's matrix.
  near(valuesOf(equalEnergy.metadata!.icc!).xyz[0], [0.49407, 0.25587, 0.01883]);
  near(valuesOf(gamma.metadata!.icc!).curve, [1.8]);
  near(valuesOf(gamma.metadata!.icc!).xyz[0], [0.43604, 0.22249, 0.01392]);
});

Deno.test("samples that an ICC profile describes are kept, with a profile of the same meaning", async () => {
  const picture = await deep("deep_icc.jxl"), { xyz, curve } = valuesOf(picture.metadata!.icc!);
  assertEquals([picture.data, picture.warnings], [deepPicture(3).data, undefined]);
  // Adobe RGB (1998) relative to D50.
  const expected = [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];
  for (const [c, column] of xyz.entries()) {
    for (const [i, value] of column.entries()) assertEquals(Math.abs(value - expected[c][i]) < 1e-3, true);
  }
  assertEquals(Math.abs(curve[0] - 2.19921875) < 1e-3, true);
});

/** Mean errors that djxl 0.7 leaves, in units of 1/255. */
const LOSSY: readonly (readonly [name: string, metadata: PictureMetadata | undefined, error: number])[] = [
  ["deep_lossy.jxl", undefined, 1.206],
  ["deep_p3_lossy.jxl", record(12, 13), 0.995],
  ["deep_pq_lossy.jxl", record(9, 16), 57.92],
  ["deep_hlg_lossy.jxl", record(9, 18), 14.6],
];

Deno.test("a lossy JPEG XL of 16 bits in sRGB, P3, PQ or HLG has 16 bits in its colour space, as near to its source as djxl's", async () => {
  const source = deepPicture(3).data;
  for (const [name, metadata, most] of LOSSY) {
    const { data, metadata: read, warnings } = await deep(name);
    assertEquals([data instanceof Uint16Array, read, warnings], [true, metadata, undefined]);
    assertEquals(data.some((sample) => sample % 257 !== 0), true);
    const sum = source.reduce((sum, sample, i) => sum + Math.abs(sample - data[i]), 0);
    const error = sum / source.length / 257;
    assertEquals(error < 1.01 * most, true, `${name}: ${error}`);
  }
});

Deno.test("a lossy JPEG XL of 8 bits in HLG is read with 8 bits", async () => {
  const { data, metadata } = await deep("hlg.jxl");
  assertEquals(metadata, record(9, 18));
  assertEquals(data instanceof Uint8ClampedArray, true);
  // djxl gives 254, 2, 0 for the first pixel.
  assertEquals([254, 0, 0, 255].every((sample, c) => Math.abs(data[c] - sample) <= 2), true);
});

Deno.test("a lossy wide-gamut JPEG XL with a matrix of its own is refused by name", async () => {
  const file = await fixture("deep_p3_lossy.jxl"),
    header = readJxl(file),
    codestream = [...codestreamParts(file)][0];
  const at = header.places!.colour[1] + 2, own = codestream.slice(); // behind the flags of extensions
  assertEquals(own[at >> 3] >> (at & 7) & 1, 1);
  own[at >> 3] ^= 1 << (at & 7);
  const error = await assertRejects(() => decodePicture(own), ImageError, "a matrix of their own");
  assertEquals(error.code, "image-unsupported");
});

Deno.test("floats of 32 and 16 bits are clipped to 0 to 1 and rounded to 16 bits, with warnings", async () => {
  const clipped = "the samples are floats; those outside of 0 to 1 were clipped, the others rounded";
  const source = deepPicture(3), side = 8;
  for (const [bits, tolerance] of [[32, 0], [16, 16]]) {
    const { data, width, height, warnings } = await deep(`deep_float_${bits}.jxl`);
    assertEquals([width, height], [side, side]);
    const rounded = bits > 16 ? [`the samples were rounded from ${bits} to 16 bits`] : [];
    assertEquals(warnings, [clipped, ...rounded]);
    assertEquals([...data.subarray(0, 4)], [65535, 0, 65535, 65535]); // 1.5, −0.5, 2
    for (let i = 4; i < data.length; i++) {
      const from = 4 * (Math.floor(i / 4 / side) * source.width + Math.floor(i / 4) % side) + i % 4;
      assertEquals(Math.abs(data[i] - source.data[from]) <= tolerance, true, `sample ${i}`);
    }
  }
});

Deno.test("an animated JPEG XL of 16 bits gives its first frame and a warning", async () => {
  assertEquals(await deep("deep_animated.jxl"), {
    ...deepPicture(3),
    warnings: ["the animation was left out; its first frame was kept"],
  });
});

Deno.test("a deep JPEG XL of each orientation is turned upright once", async () => {
  const file = await fixture("deep_animated.jxl"), stored = deepPicture(3);
  // Of the codestream: its mark, 9 bits of the size, two flags, then 3 bits of the orientation − 1.
  const at = indexOf(file, bytesOf(0xff, 0x0a)) + 3;
  assertEquals(file[at] & 0x3f, 0x05);
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as Orientation[]) {
    const turned = file.slice();
    turned[at] |= (orientation - 1) << 3;
    const expected = orientPicture(stored, orientation), { width, height } = expected;
    const { warnings: _, ...picture } = await decodePicture(turned, { keepDepth: true });
    assertEquals(picture, expected);
    assertEquals(await readPictureSize(turned), { format: "jxl", width, height, orientation });
  }
});

Deno.test("EXIF and XMP of a deep JPEG XL come from the container's boxes", async () => {
  const file = await fixture("deep_rgb.jxl"), xmp = new TextEncoder().encode("<x/>");
  const codestream = file.subarray(indexOf(file, bytesOf(0xff, 0x0a)));
  const whole = bytesOf(
    box("JXL ", Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a)),
    box("ftyp", "jxl ", uint32(0), "jxl "),
    box("Exif", uint32(0), exifBlock(6, true)),
    box("xml ", xmp),
    box("jxlc", codestream),
  );
  assertEquals(await decodePicture(whole, { keepDepth: true }), {
    ...deepPicture(3),
    metadata: { exif: exifBlock(1, true), xmp },
  });
});

Deno.test("a deep JPEG XL that is cut anywhere is damaged, and the whole one is read afterwards", async () => {
  for (const name of ["deep_rgb.jxl", "deep_rgba_10.jxl", "deep_lossy.jxl", "deep_icc.jxl"]) {
    const file = await fixture(name), whole = await deep(name);
    for (let length = 64; length < file.length; length += 16) {
      const cut = file.slice(0, length);
      assertEquals(await codeOf(() => decodePicture(cut)), "image-damaged", `${name}, ${length} bytes`);
    }
    assertEquals(await deep(name), whole);
  }
});

Deno.test("maxMemoryBytes refuses a deep JPEG XL, by its size or when it asks for more, and the next is read", async () => {
  // The size alone takes 19 kB; the decoder 1.4 MB before it begins.
  for (const maxMemoryBytes of [2 ** 14, 2 ** 20]) {
    assertEquals(await codeOf(() => deep("deep_rgb.jxl", { maxMemoryBytes })), "image-too-large");
    assertEquals((await deep("deep_rgb.jxl", { maxMemoryBytes: 2 ** 24 })).data, deepPicture(3).data);
  }
  assertEquals(await codeOf(() => deep("deep_rgb.jxl", { maxPixels: 383 })), "image-too-large");
});

Deno.test("a deadline ends the decoding of a deep JPEG XL; a worker gives the same picture", async () => {
  assertEquals(await codeOf(() => deep("deep_rgb.jxl", { deadlineMilliseconds: 1 })), "image-deadline");
  assertEquals(await deep("deep_rgb.jxl", { deadlineMilliseconds: 60_000 }), deepPicture(3));
  using decoder = new PictureDecoder();
  const file = await fixture("deep_rgb.jxl");
  const pictures = await Promise.all([1, 2].map(() => decoder.decode(file, { keepDepth: true })));
  assertEquals(pictures, [deepPicture(3), deepPicture(3)]);
});

Deno.test("a deep JPEG XL is read without permissions, its memory then without a limit", async () => {
  const program = new URL("deep_jxl_program.ts", import.meta.url).pathname;
  const file = (await fixture("deep_rgb.jxl")).toBase64();
  const out = await denoOutput("run --quiet --no-prompt", [program, file]);
  assertEquals(JSON.parse(out), {
    size: DEEP_SIZE,
    samples: [...deepPicture(3).data.subarray(0, 400)],
  });
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at <= bytes.length - part.length; at++) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  throw new Error("the part is missing");
}
