import { assertEquals, assertRejects } from "@std/assert";
import {
  compress,
  decodePicture,
  decompress,
  inspect,
  InvalidValueError,
  type Picture,
  type PictureMetadata,
} from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { inflateAtMost } from "../../src/image/bounded_inflate.ts";
import { profileFault, profileOfCicp } from "../../src/image/icc_profile.ts";
import { type Chunk, chunksOf, withChunks, zlib } from "./png_file.ts";
import { valuesOf } from "./profile_values.ts";
import { fixture } from "../fixtures/fixture.ts";
import { bytesOf, encode, gradient, noise, profileOf, uint32 } from "./synthetic.ts";

const P3 = { primaries: 12, transfer: 13, matrix: 0, fullRange: true } as const;
const P3_CHRM = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];
const SRGB_CHRM = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
const ADOBE_CHRM = [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000];

const cicpChunk = (...codes: number[]): Chunk => ["cICP", Uint8Array.from(codes)];
const gamaChunk = (value: number): Chunk => ["gAMA", uint32(value)];
const chrmChunk = (values: readonly number[]): Chunk => ["cHRM", bytesOf(...values.map(uint32))];
const srgbChunk: Chunk = ["sRGB", Uint8Array.of(0)];
const iccpChunk = async (
  profile: Uint8Array,
): Promise<Chunk> => ["iCCP", bytesOf("a name\0\0", await zlib(profile))];

const plain = await encodePng(gradient(12, 9));

async function colourOf(...chunks: Chunk[]): Promise<PictureMetadata | undefined> {
  return (await decodePicture(withChunks(plain, ...chunks))).metadata;
}

function near(actual: readonly number[], expected: readonly number[], tolerance: number): boolean {
  return actual.length === expected.length &&
    actual.every((value, i) => Math.abs(value - expected[i]) <= tolerance);
}

Deno.test("a PNG's colour is that of cICP, else iCCP, else sRGB, else gAMA and cHRM", async () => {
  const icc = profileOf("RGB "), iccp = await iccpChunk(icc);
  const old = [gamaChunk(100000), chrmChunk(P3_CHRM)];
  assertEquals(await colourOf(cicpChunk(12, 13, 0, 1), srgbChunk, ...old), { cicp: P3 });
  assertEquals(await colourOf(cicpChunk(12, 13, 0, 1), iccp, ...old), { cicp: P3, icc });
  assertEquals(await colourOf(...old, iccp, srgbChunk), { icc });
  assertEquals(await colourOf(srgbChunk, ...old), undefined);
  assertEquals(await colourOf(...old), { cicp: { ...P3, transfer: 8 } });
  assertEquals(await colourOf(cicpChunk(1, 13, 0, 1), iccp, ...old), undefined); // says sRGB, before all else
  // No valid record: as if it were absent.
  for (const codes of [[12, 13, 1, 1], [12, 13, 0, 2], [12, 13, 0], [2, 2, 0, 1]]) {
    assertEquals(await colourOf(cicpChunk(...codes), ...old), { cicp: { ...P3, transfer: 8 } });
  }
  assertEquals(await colourOf(cicpChunk(9, 16, 0, 0)), {
    cicp: { primaries: 9, transfer: 16, matrix: 0, fullRange: false },
  });
  assertEquals(await colourOf(cicpChunk(2, 8, 0, 1)), { cicp: { ...P3, primaries: 1, transfer: 8 } });
});

Deno.test("gAMA and cHRM that say sRGB mean nothing more, others a record or a profile of equal meaning", async () => {
  const nothing = [[gamaChunk(45455)], [gamaChunk(45455), chrmChunk(SRGB_CHRM)], [chrmChunk(SRGB_CHRM)]];
  nothing.push([gamaChunk(45454), chrmChunk(SRGB_CHRM.map((value, i) => value + (i % 3) * 10))]);
  for (const chunks of nothing) assertEquals(await colourOf(...chunks), undefined);
  const record = (primaries: number, transfer: number) => ({ cicp: { ...P3, primaries, transfer } });
  assertEquals(await colourOf(gamaChunk(45455), chrmChunk(P3_CHRM)), record(12, 4));
  assertEquals(await colourOf(chrmChunk(P3_CHRM)), record(12, 13));
  assertEquals(await colourOf(gamaChunk(100000)), record(1, 8));
  assertEquals(await colourOf(gamaChunk(35714), chrmChunk(SRGB_CHRM)), record(1, 5));
  const bt2020 = [31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600];
  assertEquals(await colourOf(gamaChunk(100000), chrmChunk(bt2020)), record(9, 8));

  const adobe = (await colourOf(gamaChunk(45470), chrmChunk(ADOBE_CHRM)))!.icc!;
  assertEquals(profileFault(adobe), undefined);
  // Adobe RGB (1998) relative to D50, as its specification gives it.
  const expected = [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];
  const { xyz, curve } = valuesOf(adobe);
  for (const [i, column] of xyz.entries()) assertEquals(near(column, expected[i], 2e-4), true, column.join());
  assertEquals(near(curve, [1 / 0.4547], 1e-4), true);
  const mac = valuesOf((await colourOf(gamaChunk(55556)))!.icc!);
  assertEquals(near(mac.curve, [1.8], 1e-3), true);
  assertEquals(near(mac.xyz[0], [0.43604, 0.22249, 0.01392], 2e-4), true);

  // Values that no display has count as absent.
  for (
    const chunks of [[gamaChunk(0)], [gamaChunk(2 ** 31)], [chrmChunk(Array(8).fill(0))], [chrmChunk([1, 2])]]
  ) {
    assertEquals(await colourOf(...chunks), undefined);
  }
  const flat = [31270, 32900, 60000, 30000, 50000, 30000, 40000, 30000],
    outside = [90000, 5000, ...P3_CHRM.slice(2)];
  for (const values of [flat, outside]) assertEquals(await colourOf(chrmChunk(values)), undefined);
});

Deno.test("grey, palette, interlaced and 16-bit PNG files keep their colour space, too", async () => {
  const { rawPng } = await import("./png_file.ts");
  const palette: Chunk = ["PLTE", Uint8Array.of(1, 2, 3)];
  const files = [
    await rawPng([1, 1, 1, 0, 0], Uint8Array.of(0, 0x80), [cicpChunk(12, 13, 0, 1)]),
    await rawPng([1, 1, 16, 0, 1], Uint8Array.of(0, 1, 2), [cicpChunk(12, 13, 0, 1)]),
    await rawPng([1, 1, 16, 6, 0], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), [chrmChunk(P3_CHRM)]),
    await rawPng([1, 1, 8, 3, 0], Uint8Array.of(0, 0), [chrmChunk(P3_CHRM), palette]),
  ];
  for (const file of files) {
    const picture = await decodePicture(file, { keepDepth: true });
    assertEquals(picture.metadata, { cicp: P3 });
    const back = await decodePicture(await encodePng(picture), { keepDepth: true });
    assertEquals(back, picture);
  }
});

Deno.test("profiles made from records have the values that their spaces are known by", () => {
  const values = (primaries: number, transfer: number) =>
    valuesOf(profileOfCicp({ ...P3, primaries, transfer })!);
  // Display P3 and BT.2020 relative to D50, by Bradford's adaptation.
  const p3 = [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]];
  const bt2020 = [[0.67348, 0.27904, -0.00194], [0.16566, 0.67534, 0.02998], [0.12505, 0.04561, 0.7968]];
  for (const [code, expected] of [[12, p3], [9, bt2020]] as const) {
    for (const [i, column] of values(code, 13).xyz.entries()) {
      assertEquals(near(column, expected[i], 1e-4), true);
    }
  }
  const inverseOf = (transfer: number) => {
    const { curve } = values(12, transfer), [gamma, a = 1, b = 0, c = 0, d = 0] = curve;
    return (v: number) => v >= d ? (a * v + b) ** gamma : c * v;
  };
  const encoders: [transfer: number, encode: (light: number) => number][] = [
    [13, (l) => l <= 0.0031308 ? 12.92 * l : 1.055 * l ** (1 / 2.4) - 0.055],
    [1, (l) => l < 0.018 ? 4.5 * l : 1.099 * l ** 0.45 - 0.099],
    [7, (l) => l < 0.0228 ? 4 * l : 1.1115 * l ** 0.45 - 0.1115],
    [4, (l) => l ** (1 / 2.2)],
    [5, (l) => l ** (1 / 2.8)],
    [8, (l) => l],
  ];
  for (const [transfer, encodeLight] of encoders) {
    for (const light of [0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 1]) {
      const error = Math.abs(inverseOf(transfer)(encodeLight(light)) - light);
      assertEquals(error < 5e-4, true, `${transfer}: ${light} is off by ${error}`);
    }
  }
  for (const transfer of [16, 18, 9, 17]) assertEquals(profileOfCicp({ ...P3, transfer }), undefined);
  assertEquals(profileOfCicp({ ...P3, fullRange: false }), undefined);
});

Deno.test("a colour space goes from PNG and AVIF through a file into a PNG, as cICP and as a profile", async () => {
  const files: [name: string, transfer: number][] = [["cicp_p3.png", 13], ["chrm_p3.png", 4], [
    "cicp_p3.avif",
    13,
  ]];
  for (const [name, transfer] of files) {
    const picture = await decodePicture(await fixture(name)), cicp = { ...P3, transfer };
    assertEquals(picture.metadata, { cicp });
    for (
      const options of [{ lossless: true }, { quality: 90 }, { nearLossless: 3, tileSide: 64 }, {
        quality: 30,
      }]
    ) {
      const file = await compress(picture, options);
      assertEquals(inspect(file).cicp, cicp);
      assertEquals((await inspect(new Blob([file]))).cicp, cicp);
      assertEquals(inspect(file).sections[0], { kind: "cicp", bytes: 4 });
      const decoded = await decompress(file);
      assertEquals(decoded.metadata, { cicp });
      const png = await encodePng(decoded), chunks = new Map(chunksOf(png));
      assertEquals(chunks.get("cICP"), Uint8Array.of(12, transfer, 0, 1));
      assertEquals(chunks.has("sRGB"), false);
      const iccp = chunks.get("iCCP")!,
        profile = await inflateAtMost(iccp.subarray(iccp.indexOf(0) + 2), 10_000);
      assertEquals(profile, profileOfCicp(cicp));
      assertEquals((await decodePicture(png)).metadata, { cicp }); // and so the next file is as small
    }
    const region = await decompress(await compress(picture, { nearLossless: 1, tileSide: 64 }), {
      region: { x: 0, y: 0, width: 5, height: 5 },
    });
    assertEquals(region.metadata, { cicp });
  }
});

Deno.test("sRGB costs no byte, however it is told; another space costs ten", async () => {
  const bare = await compress(gradient(12, 9), { lossless: true });
  const told = [[], [srgbChunk], [cicpChunk(1, 13, 0, 1)], [cicpChunk(2, 2, 0, 1)], [
    gamaChunk(45455),
    chrmChunk(SRGB_CHRM),
  ]];
  for (const chunks of told) {
    const picture = await decodePicture(withChunks(plain, ...chunks));
    assertEquals(await compress(picture, { lossless: true }), bare);
  }
  const srgb = { ...P3, primaries: 1 };
  assertEquals(await compress(gradient(12, 9), { lossless: true, metadata: { cicp: srgb } }), bare);
  const p3 = await compress(gradient(12, 9), { lossless: true, metadata: { cicp: P3 } });
  assertEquals(p3.length, bare.length + 10);
});

Deno.test("PQ and HLG samples stay exact in lossless files and are refused in lossy ones", async () => {
  const { data } = noise(20, 10);
  for (const transfer of [16, 18]) {
    const metadata = { cicp: { ...P3, primaries: 9, transfer } };
    const deep = {
      data: Uint16Array.from(data, (value, i) => value * 257 - i % 3),
      width: 20,
      height: 10,
      metadata,
    };
    const picture = await decodePicture(await encodePng(deep), { keepDepth: true });
    assertEquals(picture, deep);
    for (const options of [{ lossless: true }, { nearLossless: 0 }]) {
      const decoded = await decompress(await compress(picture, options), { keepDepth: true });
      assertEquals([decoded.data, decoded.metadata], [deep.data, metadata]);
      assertEquals(await decodePicture(await encodePng(decoded), { keepDepth: true }), deep);
    }
    for (
      const options of [{}, { quality: 95 }, { bytes: 900 }, { bpp: 2 }, { psnr: 30 }, { model: "pixels" }]
    ) {
      const error = await assertRejects(() => compress(picture, options), InvalidValueError, "lossless");
      assertEquals(error.code, "lossy-hdr");
    }
    const given = { ...gradient(8, 8) };
    assertEquals(
      (await assertRejects(() => compress(given, { metadata }), InvalidValueError)).code,
      "lossy-hdr",
    );
  }
});

Deno.test("compress() refuses a colour description that is no record of RGB samples", async () => {
  for (
    const wrong of [{ primaries: 256 }, { transfer: -1 }, { transfer: 1.5 }, { matrix: 9 }, { fullRange: 1 }]
  ) {
    const metadata = { cicp: { ...P3, ...wrong } as typeof P3 };
    const error = await assertRejects(() => compress(gradient(8, 8), { metadata }), InvalidValueError);
    assertEquals(error.code, "metadata-cicp");
  }
});

Deno.test("a lossless JPEG XL of 8 bits in P3 or PQ keeps its samples and its colour space", async () => {
  const source = await decodePicture(await fixture("srgb.jxl"));
  assertEquals([source.metadata, source.warnings], [undefined, undefined]);
  assertEquals(await decodePicture(await fixture("p3.jxl")), { ...source, metadata: { cicp: P3 } });
  const pq = { primaries: 9, transfer: 16, matrix: 0, fullRange: true } as const;
  assertEquals(await decodePicture(await fixture("pq.jxl")), { ...source, metadata: { cicp: pq } });
});

Deno.test("an incomplete or foreign profile is dropped with a warning, from every format", async () => {
  const part = await decodePicture(await fixture("icc_part_missing.jpg"));
  assertEquals([part.metadata, part.warnings], [undefined, [
    "the ICC profile is incomplete (part 2 of 2 is missing) and was left out",
  ]]);
  const whole = profileOf("RGB ", 600), short = whole.subarray(0, 400), odd = whole.slice();
  odd[36] = 0;
  const cases: [profile: Uint8Array, warning: string][] = [
    [short, "the ICC profile is incomplete (400 of 600 bytes) and was left out"],
    [whole.subarray(0, 90), "the ICC profile is incomplete (90 bytes) and was left out"],
    [odd, "the ICC profile is damaged (its signature is missing) and was left out"],
    [
      profileOf("CMYK"),
      "the ICC profile is one of CMYK samples, which the picture does not have, and was left out",
    ],
    [
      profileOf("GRAY"),
      "the ICC profile is one of GRAY samples, which the picture does not have, and was left out",
    ],
  ];
  const picture = gradient(12, 9), jpeg = await encode("jpeg", picture), webp = await encode("webp", picture);
  const size = (value: number) => uint32(value).reverse();
  for (const [profile, warning] of cases) {
    const app2 = bytesOf("ICC_PROFILE\0", 1, 1, profile);
    const segment = bytesOf(0xff, 0xe2, app2.length + 2 >> 8, app2.length + 2 & 255, app2);
    const body = bytesOf(
      webp.subarray(8),
      "ICCP",
      size(profile.length),
      profile,
      new Uint8Array(profile.length & 1),
    );
    const files = [
      withChunks(plain, await iccpChunk(profile)),
      bytesOf(jpeg.subarray(0, 2), segment, jpeg.subarray(2)),
      bytesOf("RIFF", size(body.length), body),
    ];
    for (const file of files) {
      const read = await decodePicture(file);
      assertEquals([read.metadata, read.warnings], [undefined, [warning]]);
    }
  }
  const corrupt = await decodePicture(withChunks(plain, ["iCCP", bytesOf("a name\0\0", "no zlib")]));
  assertEquals(corrupt.warnings, ["the ICC profile is damaged (it does not inflate) and was left out"]);
});

Deno.test("JPEG's profile parts count in any order, and only if all are there", async () => {
  const jpeg = await encode("jpeg", gradient(12, 9)), icc = profileOf("RGB ", 900);
  const part = (number: number, count: number, from: number, to: number) => {
    const data = bytesOf("ICC_PROFILE\0", number, count, icc.subarray(from, to));
    return bytesOf(0xff, 0xe2, data.length + 2 >> 8, data.length + 2 & 255, data);
  };
  const read = async (...parts: Uint8Array[]) =>
    await decodePicture(bytesOf(jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)));
  const [one, two, three] = [part(1, 3, 0, 300), part(2, 3, 300, 600), part(3, 3, 600, 900)];
  assertEquals((await read(three, one, two)).metadata, { icc });
  assertEquals((await read(one, two, two, three)).metadata, { icc });
  for (const parts of [[one, two], [two, three], [one, three], [two], [part(0, 0, 0, 900)]]) {
    const { metadata, warnings } = await read(...parts);
    assertEquals([metadata, warnings?.length], [undefined, 1]);
  }
});

Deno.test("encodePng() never writes a profile that does not fit the samples", async () => {
  const grey = { data: new Uint8ClampedArray(16).fill(99), width: 2, height: 2 }, coloured = noise(2, 2);
  const chunks = async (picture: Picture, icc: Uint8Array) => {
    const types = chunksOf(await encodePng(picture, { metadata: { icc } })).map(([type]) => type);
    return types.filter((type) => /^(iCCP|sRGB|cICP|gAMA)$/.test(type));
  };
  assertEquals(await chunks(grey, profileOf("GRAY")), ["iCCP"]);
  assertEquals(await chunks(grey, profileOf("RGB ")), ["iCCP"]);
  assertEquals(await chunks(coloured, profileOf("RGB ")), ["iCCP"]);
  // What the samples mean is not known: they are not called sRGB either.
  assertEquals(await chunks(coloured, profileOf("GRAY")), []);
  for (const wrong of [profileOf("CMYK"), profileOf("Lab "), profileOf("RGB ").subarray(0, 200)]) {
    assertEquals(await chunks(grey, wrong), []);
    assertEquals(await chunks(coloured, wrong), []);
  }
  const { data, metadata } = await decodePicture(
    await encodePng(grey, { metadata: { icc: profileOf("GRAY") } }),
  );
  assertEquals([data, metadata], [grey.data, { icc: profileOf("GRAY") }]);
});
