import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import {
  compress,
  type CompressInput,
  type CompressOptions,
  decompress,
  encodePicture,
  InvalidValueError,
  msSsim,
  type Picture,
  type PictureInput,
  psnr,
  ssim,
  VaeransError,
  World,
} from "../../mod.ts";
import { compressWith } from "../../src/codec/compress.ts";
import { profileOf } from "../image/synthetic.ts";
import { TILE_JOBS } from "../../src/codec/streams/tile_jobs.ts";
import { LocalEngine } from "../../src/codec/run/local_engine.ts";

const WIDTH = 13, HEIGHT = 9;
const BYTES = Uint8ClampedArray.from(
  { length: 4 * WIDTH * HEIGHT },
  (_, i) => (i * 37 + (i >> 4) * 11) % 256,
);
const LEVELS = Uint16Array.from(BYTES, (byte, i) => byte * 257 - (byte > 0 ? i % 5 : 0));

/** A view into the middle of a larger buffer. */
function inTheMiddle<T extends Uint8Array | Uint16Array | Float32Array>(
  Type: new (buffer: ArrayBufferLike, offsetBytes: number, length: number) => T,
  values: ArrayLike<number>,
  isShared = false,
): T {
  const bytesPerElement = (Type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
  const byteLength = bytesPerElement * (values.length + 24);
  const buffer = isShared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  const view = new Type(buffer, 8 * bytesPerElement, values.length);
  view.set(values as never);
  return view;
}

const imageData = (data: Uint8ClampedArray<ArrayBuffer>) => new ImageData(data, WIDTH, HEIGHT);
const of = (data: unknown) => ({ data, width: WIDTH, height: HEIGHT }) as CompressInput;
const EIGHT_BITS: { readonly [name: string]: CompressInput } = {
  "an ImageData": imageData(BYTES),
  "an ImageData of rgba-float16": halfImageData(),
  "a Uint8ClampedArray": of(BYTES),
  "a Uint8Array": of(Uint8Array.from(BYTES)),
  "a Buffer": of(Buffer.from(BYTES)),
  "a part of a buffer": of(inTheMiddle(Uint8Array, BYTES)),
  "a shared buffer": of(inTheMiddle(Uint8Array, BYTES, true)),
  "a shared clamped buffer": of(
    new Uint8ClampedArray(new SharedArrayBuffer(BYTES.length)).map((_, i) => BYTES[i]),
  ),
  "a Float32Array": of(Float32Array.from(BYTES, (byte) => byte / 255)),
  "a part of a Float32Array": of(inTheMiddle(Float32Array, Float32Array.from(BYTES, (byte) => byte / 255))),
  "a Float16Array": of(Float16Array.from(BYTES, (byte) => byte / 255)),
  "getters of a class": new (class {
    get data() {
      return BYTES;
    }
    get width() {
      return WIDTH;
    }
    get height() {
      return HEIGHT;
    }
  })(),
};
const SIXTEEN_BITS: { readonly [name: string]: CompressInput } = {
  "a Uint16Array": of(LEVELS),
  "a part of a Uint16Array": of(inTheMiddle(Uint16Array, LEVELS)),
  "a shared Uint16Array": of(inTheMiddle(Uint16Array, LEVELS, true)),
  "a Float32Array": of(Float32Array.from(LEVELS, (level) => level / 65535)),
};

function halfImageData(): CompressInput {
  const picture = new ImageData(WIDTH, HEIGHT, { pixelFormat: "rgba-float16" } as ImageDataSettings);
  picture.data.set(Float16Array.from(BYTES, (byte) => byte / 255) as never);
  return picture;
}

for (const [reference, inputs] of [[of(BYTES), EIGHT_BITS], [of(LEVELS), SIXTEEN_BITS]] as const) {
  for (const [name, input] of Object.entries(inputs)) {
    Deno.test(`compress() makes the same files of ${name} as of plain ${reference.data.constructor.name}`, async () => {
      for (const options of [{ lossless: true }, { quality: 60 }, { model: "pixels", quality: 90 }]) {
        const expected = await compress(reference, options);
        assertEquals(await compress(input, options), expected);
        assertEquals(await compressWith(input, options, { engine: new LocalEngine(TILE_JOBS) }), expected);
      }
      const decoded = await decompress(await compress(input, { lossless: true }), { keepDepth: true });
      assertEquals([...decoded.data], [...reference.data]);
      for (const metric of [psnr, ssim, msSsim]) {
        // Floats of 16 bits are within 1/4096 of the bytes that they stand for.
        const perfect = metric === psnr ? 72 : 1 - 1e-5;
        assert(metric(input, reference) >= perfect, metric.name);
      }
    });
  }
}

Deno.test("compress() reads the metadata of a picture through its getter", async () => {
  const icc = profileOf("RGB ");
  const picture = Object.assign(imageData(BYTES), {});
  Object.defineProperty(picture, "metadata", { get: () => ({ icc }) });
  const { metadata } = await decompress(await compress(picture, { lossless: true }));
  assertEquals(metadata?.icc, icc);
});

Deno.test("compress() clamps floats beyond 0 to 1 and keeps their precision near to 1/65535", async () => {
  const floats = Float32Array.from(BYTES, (byte, i) => i % 4 === 3 ? 1 : (byte - 40) / 180);
  const file = await compress(of(floats), { psnr: 45 });
  assert(psnr(await decompress(file), of(floats.map((value) => Math.min(1, Math.max(0, value))))) >= 45);
});

Deno.test("compress() refuses lossless floats that 16 bits do not hold", async () => {
  const floats = Float32Array.from(BYTES, (byte) => byte / 255);
  for (const odd of [1 / 3 + 1e-6, 0.1234567, 1.5, -0.25]) {
    for (const options of [{ lossless: true }, { nearLossless: 2 }]) {
      const error = await assertRejects(() => compress(of(floats.with(9, odd)), options), InvalidValueError);
      assertEquals(error.code, "lossless-floats");
    }
    assert((await compress(of(floats.with(9, odd)), { quality: 40 })).length > 0);
  }
});

const REFUSED: { readonly [name: string]: readonly [input: unknown, code: string] } = {
  "null": [null, "picture-type"],
  "undefined": [undefined, "picture-type"],
  "a number": [5, "picture-type"],
  "a string": ["picture.png", "picture-type"],
  "a function": [() => BYTES, "picture-type"],
  "bytes of a file": [new Uint8Array(100), "picture-type"],
  "a plain array": [of([...BYTES]), "picture-type"],
  "an ArrayBuffer": [of(BYTES.buffer), "picture-type"],
  "a DataView": [of(new DataView(BYTES.buffer)), "picture-type"],
  "an Int8Array": [of(new Int8Array(BYTES.length)), "picture-type"],
  "an Int16Array": [of(new Int16Array(BYTES.length)), "picture-type"],
  "a Uint32Array": [of(new Uint32Array(BYTES.length)), "picture-type"],
  "a Float64Array": [of(new Float64Array(BYTES.length)), "picture-type"],
  "a BigUint64Array": [of(new BigUint64Array(BYTES.length)), "picture-type"],
  "data of null": [of(null), "picture-type"],
  "RGB without alpha": [of(new Uint8Array(3 * WIDTH * HEIGHT)), "picture-data"],
  "one sample too few": [of(BYTES.subarray(1)), "picture-data"],
  "padded rows": [of(new Uint8Array(4 * (WIDTH + 3) * HEIGHT)), "picture-data"],
  "NaN": [of(Float32Array.from(BYTES, () => NaN)), "picture-data"],
  "an infinity": [of(Float32Array.from(BYTES, () => Infinity)), "picture-data"],
  "NaN of 16 bits": [of(Float16Array.from(BYTES, () => NaN)), "picture-data"],
  "no columns": [{ data: new Uint8Array(0), width: 0, height: 5 }, "picture-size"],
  "a fraction": [{ data: BYTES, width: WIDTH / 2, height: 2 * HEIGHT }, "picture-size"],
  "a negative side": [{ data: BYTES, width: -WIDTH, height: -HEIGHT }, "picture-size"],
  "a side of text": [{ data: BYTES, width: `${WIDTH}`, height: HEIGHT }, "picture-size"],
  "no height": [{ data: BYTES, width: WIDTH }, "picture-size"],
  "another colour space": [new ImageData(4, 4, { colorSpace: "display-p3" }), "picture-type"],
};

for (const [name, [input, code]] of Object.entries(REFUSED)) {
  Deno.test(`compress(), spawnImage() and the metrics refuse ${name}`, async () => {
    const picture = input as PictureInput;
    const attempts: (() => unknown)[] = [
      () => compress(picture),
      () => compress(picture, { lossless: true }),
      () => compressWith(picture, {}, { engine: new LocalEngine(TILE_JOBS) }),
      () => new World({ arenaBytes: 2 ** 20 }).spawnImage(picture),
      () => new World({ arenaBytes: 2 ** 20 }).spawnBatchImages([of(BYTES), picture]),
      ...(name === "RGB without alpha"
        ? []
        : [psnr, ssim, msSsim].map((metric) => () => metric(picture, picture))),
    ];
    for (const attempt of attempts) {
      const error = await assertRejects(async () => await attempt(), VaeransError);
      assertEquals(error.code, code, attempt.toString());
      if (code === "picture-type" && name !== "another colour space") {
        assert(
          error.message.includes("Uint8ClampedArray, Uint8Array, Uint16Array, Float32Array or Float16Array"),
        );
      }
    }
  });
}

Deno.test("compress() refuses unknown options and unknown values by a list of what there is", async () => {
  const cases: readonly (readonly [options: unknown, code: string, told: string])[] = [
    [{ qualtiy: 50 }, "option-unknown", "quality, bpp, bytes"],
    [{ near_lossless: 1 }, "option-unknown", "nearLossless"],
    [{ entropy: "huffman" }, "option-value", "context or static"],
    [{ entropy: null }, "option-value", "context or static"],
    [{ tune: "vmaf" }, "option-value", "look or psnr"],
    [{ device: "cuda" }, "device-unknown", "auto, cpu or gpu"],
    [{ wavelet: "db4" }, "wavelet-unknown", "cdf53 or haar"],
    [{ wavelet: "db4", lossless: true }, "wavelet-unknown", "cdf53 or haar"],
    [{ levels: -1 }, "option-value", "0 to 10"],
    [{ levels: 2.5 }, "option-value", "0 to 10"],
    [{ quality: "50" }, "option-value", "a number"],
    [{ quality: NaN }, "target-range", "1 to 100"],
    [{ lossless: "false" }, "option-value", "true or false"],
    [{ lossless: 1 }, "option-value", "true or false"],
    [{ nearLossless: true }, "option-value", "a number"],
    [{ model: "" }, "option-value", "name of a model"],
    [{ model: 4 }, "option-value", "name of a model"],
    [{ metadata: true }, "option-value", "false or an object"],
    [{ signal: {} }, "option-value", "an AbortSignal"],
    [{ onProgress: 1 }, "option-value", "a function"],
    [{ onStep: "log" }, "option-value", "a function"],
    [{ alphaError: 200 }, "alpha-error", "0 to 127"],
    [{ effort: 12 }, "effort-range", "1 to 9"],
    [{ workers: -1 }, "workers-range", "from 0"],
    [{ tileSide: 100 }, "tile-side", "64"],
    [null, "option-value", "an object"],
    [50, "option-value", "an object"],
  ];
  for (const [options, code, told] of cases) {
    const error = await assertRejects(
      () => compress(of(BYTES), options as CompressOptions),
      InvalidValueError,
    );
    assertEquals(error.code, code, JSON.stringify(options));
    assert(error.message.includes(told), error.message);
  }
  assert((await compress(of(BYTES), { quality: undefined, lossless: false } as never)).length > 0);
});

Deno.test("decompress() refuses unknown options and unknown values", async () => {
  const file = await compress(of(BYTES), { lossless: true });
  const cases = [
    [{ maxPixel: 5 }, "option-unknown"],
    [{ maxPixels: "5" }, "option-value"],
    [{ maxPixels: NaN }, "option-value"],
    [{ maxMemoryBytes: -1 }, "option-value"],
    [{ partial: 1 }, "option-value"],
    [{ keepDepth: "yes" }, "option-value"],
    [{ region: null }, "option-value"],
    [{ device: "tpu" }, "device-unknown"],
    [{ workers: 1.5 }, "workers-range"],
    [null, "option-value"],
  ] as const;
  for (const [options, code] of cases) {
    const error = await assertRejects(() => decompress(file, options as never), InvalidValueError);
    assertEquals(error.code, code, JSON.stringify(options));
  }
});

Deno.test("metrics compare samples of 16 bits and floats without rounding them to bytes", () => {
  const source = of(Float32Array.from(BYTES, (byte, i) => i % 4 === 3 ? 1 : byte / 510));
  const moved = of((source.data as Float32Array).map((value, i) => i % 4 === 3 ? 1 : value + 0.001));
  assert(Math.abs(psnr(source, moved) - 60) < 1e-3, `${psnr(source, moved)}`);
  assertThrows(
    () => psnr(source, { ...moved, width: HEIGHT, height: WIDTH }),
    InvalidValueError,
    "sizes must be equal",
  );
});

Deno.test("compress() and encodePicture() name decodePicture() where they are given an image file", async () => {
  const file = (await encodePicture({ data: BYTES, width: WIDTH, height: HEIGHT }, "png")).bytes;
  const wrongs: readonly [wrong: unknown, name: string][] = [
    [file, "Uint8Array"],
    [file.buffer, "ArrayBuffer"],
    [new Blob([file]), "Blob"],
    [new Response(file), "Response"],
  ];
  for (const [wrong, name] of wrongs) {
    for (
      const code of [() => compress(wrong as CompressInput), () => encodePicture(wrong as Picture, "png")]
    ) {
      const error = await assertRejects(async () => await code(), VaeransError, `(got ${name} without data)`);
      assert(["picture-type", "image-invalid"].includes(error.code));
      assertStringIncludes(error.message, "as decodePicture makes them of an image file.");
    }
  }
});
