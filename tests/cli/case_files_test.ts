import { assertEquals, assertMatch } from "@std/assert";
import { decodePicture, type PictureMetadata } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { readExifOrientation } from "../../src/image/exif.ts";
import { chunksOf } from "../image/png_file.ts";
import { noise } from "../image/synthetic.ts";
import { withFolder } from "../with_folder.ts";
import { deepPicture } from "../fixtures/deep_jxl.ts";
import { fixture } from "../fixtures/fixture.ts";
import { runCli } from "./run_cli.ts";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** What a picture must be once it has gone through a file into a PNG. */
interface Outcome {
  /** A file with the same pixels; the file itself if not given. */
  readonly sibling?: string;
  /** Width and height, where there is no sibling. */
  readonly size?: readonly [number, number];
  /** Looks at the metadata. */
  readonly check?: (metadata: PictureMetadata | undefined) => void;
  /** What standard error tells. */
  readonly warning?: RegExp;
}

const cicpIs = (primaries: number, transfer: number) => (metadata?: PictureMetadata) =>
  assertEquals(metadata?.cicp, { primaries, transfer, matrix: 0, fullRange: true });
const isUpright = ({ exif, xmp }: PictureMetadata = {}) => {
  assertEquals(readExifOrientation(exif), 1);
  if (xmp && /Orientation/.test(text(xmp))) assertMatch(text(xmp), /Orientation(="|>)1["<]/);
};
const none = (metadata?: PictureMetadata) => assertEquals(metadata, undefined);

const OUTCOMES: { readonly [name: string]: Outcome } = {
  "idat_trailing_garbage.png": { check: none },
  "idat_trailing_zeros.png": { check: none },
  "trns_grey8_ff00.png": { check: none },
  "pal_oor_4.png": { check: none },
  "crc_trns_bad.png": { check: none, warning: /crc_trns_bad\.png: chunk "tRNS" has a wrong checksum/ },
  "cicp_p3.png": { check: cicpIs(12, 13) },
  "chrm_p3.png": { check: cicpIs(12, 4) },
  "cicp_p3.avif": { check: cicpIs(12, 13) },
  "clap.avif": { size: [48, 32] },
  "exif6.avif": { size: [64, 96], check: isUpright },
  "exif_6_xmp_6.png": { size: [32, 48], check: isUpright },
  "exif6_xmp6.jpg": { size: [61, 100], check: isUpright },
  "exif6_thumb.jpg": { size: [61, 100], check: isUpright },
  "exif_6_ztxt_rawprofile.png": { size: [32, 48], check: isUpright },
  "exif_two_1_then_6.jpg": { size: [100, 61], check: isUpright },
  "exif_then_empty_exif.jpg": { size: [61, 100], check: isUpright },
  "icc_part_missing.jpg": {
    sibling: "ok.jpg",
    check: none,
    warning: /icc_part_missing\.jpg: the ICC profile is incomplete/,
  },
  "no_eoi.jpg": { sibling: "ok.jpg", check: none },
  "samsung_trailer.jpg": { sibling: "ok.jpg", check: none },
  "p3.jxl": { check: cicpIs(12, 13) },
  "deep_p3_lossy.jxl": { check: cicpIs(12, 13) },
  "hlg.jxl": { check: cicpIs(9, 18) },
};

Deno.test("pictures that others read go through compress and decompress of a folder, with their meaning", async () => {
  await withFolder(async (path) => {
    // A folder per format, as files that differ in their ending alone would have one target.
    for (const name of Object.keys(OUTCOMES)) {
      const [stem, ending] = name.split(".");
      await Deno.mkdir(`${path}/in/${ending}`, { recursive: true });
      await Deno.writeFile(`${path}/in/${ending}/${stem}.${ending}`, await fixture(name));
    }
    const compressed = await runCli([
      "compress",
      `${path}/in`,
      "-d",
      `${path}/vaer`,
      "--lossless",
      "--jobs",
      "1",
    ]);
    assertEquals(compressed.code, 0, compressed.err);
    const decompressed = await runCli(["decompress", `${path}/vaer`, "-d", `${path}/out`, "--jobs", "1"]);
    assertEquals(decompressed.code, 0, decompressed.err);
    for (const [name, { sibling = name, size, check, warning }] of Object.entries(OUTCOMES)) {
      const [stem, ending] = name.split(".");
      const png = await Deno.readFile(`${path}/out/${ending}/${stem}.png`),
        picture = await decodePicture(png);
      const { data, width, height } = await decodePicture(await fixture(sibling));
      assertEquals([picture.width, picture.height], size ?? [width, height], name);
      assertEquals(picture.data, data, name);
      check?.(picture.metadata);
      if (warning) assertMatch(compressed.err, warning);
      const types = chunksOf(png).map(([type]) => type);
      assertEquals(types.includes("cICP"), picture.metadata?.cicp !== undefined);
      assertEquals(types.includes("cICP") && types.includes("sRGB"), false);
    }
  });
});

Deno.test("compress warns of what it leaves out, and inspect shows the colour space", async () => {
  await withFolder(async (path) => {
    for (const name of ["icc_part_missing.jpg", "cicp_p3.png"]) {
      await Deno.writeFile(`${path}/${name}`, await fixture(name));
    }
    const part = await runCli(["compress", `${path}/icc_part_missing.jpg`, "-o", `${path}/part.vaer`]);
    assertEquals(part.code, 0);
    assertMatch(part.err, /the ICC profile is incomplete \(part 2 of 2 is missing\) and was left out/);
    assertEquals(
      (await runCli(["compress", `${path}/cicp_p3.png`, "-o", `${path}/p3.vaer`, "-q", "60"])).code,
      0,
    );
    const shown = await runCli(["inspect", `${path}/p3.vaer`]);
    assertMatch(shown.out, /^colour +Display P3 primaries, sRGB transfer \(CICP 12\/13\/0\/1\)$/m);
    const { cicp } = JSON.parse((await runCli(["inspect", `${path}/p3.vaer`, "--json"])).out);
    assertEquals(cicp, { primaries: 12, transfer: 13, matrix: 0, fullRange: true });
    assertMatch((await runCli(["inspect", `${path}/part.vaer`])).out, /^colour +sRGB$/m);
  });
});

Deno.test("a JPEG XL of 16 bits goes through files, a folder and pipes exactly; with loss it is rounded with a warning", async () => {
  await withFolder(async (path) => {
    const file = await fixture("deep_rgb.jxl"), expected = deepPicture(3);
    const decoded = async (png: Uint8Array) => {
      const picture = await decodePicture(png, { keepDepth: true });
      assertEquals(picture, expected);
    };
    await Deno.mkdir(`${path}/in`);
    await Deno.writeFile(`${path}/in/deep.jxl`, file);
    const run = async (args: string[], stdin?: Uint8Array) => {
      const { code, err, bytes } = await runCli(args, stdin ? { stdin } : {});
      assertEquals(code, 0, err);
      assertEquals(err.includes("rounded"), args.includes("-q"), err);
      return bytes;
    };
    await run(["compress", "--lossless", `${path}/in/deep.jxl`, "-o", `${path}/one.vaer`]);
    await run(["decompress", `${path}/one.vaer`, "-o", `${path}/one.png`]);
    await decoded(await Deno.readFile(`${path}/one.png`));
    await run(["compress", "--lossless", `${path}/in`, "-d", `${path}/vaer`]);
    await run(["decompress", `${path}/vaer`, "-d", `${path}/out`]);
    await decoded(await Deno.readFile(`${path}/out/deep.png`));
    const vaer = await run(["compress", "--lossless", "-", "-o", "-"], file);
    await decoded(await run(["decompress", "-", "-o", "-"], vaer));
    await run(["compress", "-q", "50", `${path}/in/deep.jxl`, "-o", `${path}/lossy.vaer`]);
  });
});

Deno.test("compress refuses an arithmetic-coded JPEG as unsupported, and PQ samples unless lossless", async () => {
  await withFolder(async (path) => {
    await Deno.writeFile(`${path}/arith.jpg`, await fixture("arith.jpg"));
    const arithmetic = await runCli(["compress", `${path}/arith.jpg`]);
    assertEquals([arithmetic.code, arithmetic.err.includes("damaged")], [1, false]);
    assertMatch(arithmetic.err, /got arithmetic coding/);

    const cicp = { primaries: 9, transfer: 16, matrix: 0, fullRange: true } as const;
    const deep = {
      ...noise(20, 10),
      data: Uint16Array.from(noise(20, 10).data, (value, i) => value * 257 - i % 2),
    };
    await Deno.writeFile(`${path}/pq.png`, await encodePng(deep, { metadata: { cicp } }));
    const lossy = await runCli(["compress", `${path}/pq.png`]);
    assertEquals(lossy.code, 1);
    assertMatch(lossy.err, /with loss: .*PQ.*Use lossless/);
    assertEquals((await runCli(["compress", `${path}/pq.png`, "--lossless"])).code, 0);
    assertEquals((await runCli(["decompress", `${path}/pq.vaer`, "-o", `${path}/back.png`])).code, 0);
    const back = await decodePicture(await Deno.readFile(`${path}/back.png`), { keepDepth: true });
    assertEquals([back.data, back.metadata], [deep.data, { cicp }]);
  });
});
