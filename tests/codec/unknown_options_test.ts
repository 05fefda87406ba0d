import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  compress,
  decodePicture,
  decompress,
  decompressStream,
  encodePicture,
  inspect,
  InvalidValueError,
  placeholder,
  setAssetUrls,
  VaerDecoderStream,
  World,
} from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { GpuWorld } from "../../src/gpu_world.ts";
import { encodePng, PictureDecoder } from "../../src/image/mod.ts";
import {
  ANSDecode,
  ANSEncode,
  ColourYcc,
  GaussianBlur,
  MetricPsnr,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  type VaeModel,
  VaerRead,
  VaerWrite,
  WaveletHaar,
} from "../../src/systems/mod.ts";
import { createHandler } from "../../src/web/service.ts";
import { vaerans } from "../../src/web/vite/mod.ts";

const picture = syntheticPicture(20, 10), file = await compress(picture, { lossless: true });
const png = await encodePng(picture);

const MODEL = { encode() {}, decode() {} } as unknown as VaeModel;

/** Each public function with options, and the name of one of them. */
const FUNCTIONS: readonly (readonly [name: string, known: string, call: (options: never) => unknown])[] = [
  ["compress", "quality", (options) => compress(picture, options)],
  ["decompress", "region", (options) => decompress(file, options)],
  ["decompressStream", "region", (options) => decompressStream(new Blob([file]).stream(), options).next()],
  ["VaerDecoderStream", "region", (options) => new VaerDecoderStream(options)],
  ["inspect", "partial", (options) => inspect(file, options)],
  ["inspect of a Blob", "partial", (options) => inspect(new Blob([file]), options)],
  ["decodePicture", "maxPixels", (options) => decodePicture(png, options)],
  ["PictureDecoder", "maxPixels", async (options) => {
    using decoder = new PictureDecoder();
    return await decoder.decode(png, options);
  }],
  ["encodePicture", "quality", (options) => encodePicture(picture, "jpeg", options)],
  ["encodePng", "metadata", (options) => encodePng(picture, options)],
  ["setAssetUrls", "models", (options) => setAssetUrls(options)],
  ["World", "arenaBytes", (options) => new World(options)],
  ["World.open", "arenaBytes", (options) => World.open(options)],
  ["GpuWorld.open", "allowSoftware", (options) => GpuWorld.open(options)],
  ["a pipe", "onError", (options) => {
    const world = new World();
    return world.pipe(world.spawnImage(picture), options);
  }],
  ["ANSEncode", "effort", (options) => new ANSEncode(options)],
  ["ANSDecode", "prior", (options) => new ANSDecode(options)],
  ["GaussianBlur", "sigma", (options) => new GaussianBlur(options)],
  ["ColourYcc", "bound", (options) => new ColourYcc("forward", options)],
  ["MetricPsnr", "of", (options) => new MetricPsnr(options)],
  ["QuantizeU8", "gains", (options) => new QuantizeU8("forward", options)],
  ["QuantizeU8's optimise", "lambda", (optimise) => new QuantizeU8("forward", { optimise })],
  ["WaveletHaar", "levels", (options) => new WaveletHaar("forward", options)],
  ["OnnxVAEEncode", "runtime", (options) => new OnnxVAEEncode(MODEL, options)],
  ["OnnxVAEDecode", "runtime", (options) => new OnnxVAEDecode(MODEL, options)],
  ["VaerWrite", "user", (options) => new VaerWrite(options)],
  ["VaerRead", "systems", (options) => new VaerRead(options)],
  ["createHandler", "maxBytes", (options) => createHandler(options)],
  ["the plugin for Vite", "fallback", (options) => vaerans(options)],
];

for (const [name, known, call] of FUNCTIONS) {
  Deno.test(`${name} refuses a name that is no option, and what are no options`, async () => {
    const error = await failure(() => call({ typo: 1 } as never));
    assertEquals(error.code, "option-unknown");
    assertStringIncludes(error.message, known);
    assertStringIncludes(error.message, "(got typo)");
    for (const wrong of [null, 5, "quality", true, () => {}, Symbol("a")]) {
      assertEquals((await failure(() => call(wrong as never))).code, "option-value", String(wrong));
    }
  });
}

Deno.test("metadata that cannot be stored are refused with their name", async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const wrong: [object, string][] = [
    ...["icc", "exif", "xmp"].flatMap((name) =>
      ["text", "", 0, null, {}, new ArrayBuffer(4)].map((
        value,
      ): [object, string] => [{ [name]: value }, name])
    ),
    ...[circular, 5n, () => {}, Symbol("a")].map((user): [object, string] => [{ user }, "user"]),
  ];
  for (const [metadata, name] of wrong) {
    const error = await failure(() => compress(picture, { lossless: true, metadata: metadata as never }));
    assertEquals(error.code, "option-value");
    assertStringIncludes(error.message, `Cannot store ${name} metadata`);
  }
  for (const cicp of [null, "sRGB", 5]) {
    const error = await failure(() =>
      compress(picture, { lossless: true, metadata: { cicp: cicp as never } })
    );
    assertEquals(error.code, "metadata-cicp");
  }
});

const TARGETS: readonly (readonly [object, string])[] = [
  ...[Infinity, 2 ** 53, 1.5, NaN, -1, 0, -Infinity].map((bytes) =>
    [{ bytes }, "a whole number from 1 to 2^53"] as const
  ),
  ...[Infinity, 1001, NaN, -1, 0].map((bpp) => [{ bpp }, "greater than 0, up to 1000"] as const),
  ...[1.5, -1, 128, NaN].map((nearLossless) => [{ nearLossless }, "a whole number from 0 to 127"] as const),
  ...[0, 101, NaN, Infinity].map((quality) => [{ quality }, "1 to 100"] as const),
];

Deno.test("targets outside of their range are refused by the range, within `target` too", async () => {
  for (const [target, rule] of TARGETS) {
    for (const options of [target, { target }]) {
      const error = await failure(() => compress(picture, options as never));
      assertEquals(error.code, "target-range");
      assertStringIncludes(error.message, rule);
    }
  }
  const few = await failure(() => compress(picture, { bytes: 22 }));
  assertEquals(few.code, "rate-unreachable");
  for (const metadata of [false, { user: "a" }] as const) {
    const none = await failure(() => compress(picture, { bpp: 1e-9, metadata }));
    assertEquals(none.code, "rate-unreachable");
    assertStringIncludes(none.message, "for bpp 1e-9: it must be at least 0.04, one byte for 20×10 pixels");
  }
});

Deno.test("metadata of unknown names and wrong types are refused, of pictures and options", async () => {
  for (
    const [metadata, code] of [[{ iccc: new Uint8Array(9) }, "option-unknown"], [
      { icc: 5 },
      "option-value",
    ]] as const
  ) {
    const given = metadata as never;
    assertEquals((await failure(() => compress(picture, { metadata: given }))).code, code);
    assertEquals((await failure(() => compress({ ...picture, metadata: given }))).code, code);
  }
});

Deno.test("placeholder() of what is neither a file nor a picture is refused by the name of its class", async () => {
  const wrongs = [new Blob([file]), new Response(file), null, undefined, "a.vaer", {}, new ArrayBuffer(8)];
  for (const wrong of wrongs) {
    const error = await failure(() => placeholder(wrong as never));
    assertEquals(error.code, "picture-type");
    assertStringIncludes(error.message, `(got ${Object.prototype.toString.call(wrong).slice(8, -1)})`);
  }
});

async function failure(work: () => unknown): Promise<InvalidValueError> {
  return await assertRejects(async () => await work(), InvalidValueError);
}
