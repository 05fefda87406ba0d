import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decompress, type PictureMetadata } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { profileOf } from "../image/synthetic.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const encoder = new TextEncoder();
/** EXIF, little-endian: Software "test", and a GPS directory with LatitudeRef "N". */
const EXIF = Uint8Array.of(
  ...[0x49, 0x49, 42, 0, 8, 0, 0, 0],
  ...[
    2,
    0,
    0x31,
    1,
    2,
    0,
    4,
    0,
    0,
    0,
    0x74,
    0x73,
    0x74,
    0,
    0x25,
    0x88,
    4,
    0,
    1,
    0,
    0,
    0,
    38,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ],
  ...[1, 0, 1, 0, 2, 0, 2, 0, 0, 0, 0x4e, 0, 0, 0, 0, 0, 0, 0],
);
const XMP = encoder.encode('<x exif:GPSLatitude="52,31.2N" dc:title="Gate"/>');

const hasGps = ({ exif, xmp }: PictureMetadata) =>
  [exif, xmp].some((bytes) =>
    bytes !== undefined && /\x25\x88|GPSLatitude/.test(new TextDecoder("latin1").decode(bytes))
  );

Deno.test("--strip keeps only the colour profile, --strip-location all but the location, one file or several", async () => {
  await withFolder(async (folder) => {
    const icc = profileOf("RGB "), metadata = { icc, exif: EXIF, xmp: XMP };
    await Deno.writeFile(`${folder}/in.png`, await encodePng({ ...syntheticPicture(40, 30), metadata }));
    const kept = async (...args: string[]): Promise<PictureMetadata> => {
      const { code, err } = await runCli(["compress", `${folder}/in.png`, "-f", ...args]);
      assertEquals(code, 0, err);
      const path = args.includes("-d") ? `${folder}/out/in.vaer` : `${folder}/in.vaer`;
      return (await decompress(await Deno.readFile(path))).metadata ?? {};
    };
    for (const target of [[], ["-d", `${folder}/out`]]) {
      const all = await kept(...target);
      assertEquals([Object.keys(all).sort(), hasGps(all)], [["exif", "icc", "xmp"], true]);
      const placeless = await kept(...target, "--strip-location");
      assertEquals([Object.keys(placeless).sort(), hasGps(placeless)], [["exif", "icc", "xmp"], false]);
      assertStringIncludes(new TextDecoder().decode(placeless.xmp), 'dc:title="Gate"');
      assertEquals(await kept(...target, "--strip"), { icc });
      assertEquals(await kept(...target, "--strip", "--strip-location"), { icc });
    }
  });
});

Deno.test("compress prints the metadata's size where it is a notable share of the file, and how to leave it out", async () => {
  await withFolder(async (folder) => {
    const bytes = encodePng({ ...syntheticPicture(40, 30), metadata: { exif: EXIF, xmp: XMP } });
    await Deno.writeFile(`${folder}/in.png`, await bytes);
    const one = await runCli(["compress", `${folder}/in.png`]);
    assertEquals(one.code, 0, one.err);
    assertMatch(
      one.err,
      /in\.vaer: metadata \d+ B of \d+ B \(EXIF \d+ B, XMP \d+ B\); --strip keeps only the colour profile\n$/,
    );
    const several = await runCli(["compress", folder, "-d", `${folder}/out`]);
    assertMatch(several.out, /1 done in .* s: .* → .* B, \d+ B of it metadata\n$/);
    // No line where there is nothing to say: metadata left out, or small beside the pixels.
    const stripped = await runCli(["compress", `${folder}/in.png`, "-f", "--strip"]);
    assertEquals([stripped.code, stripped.err], [0, ""]);
    const large = { ...syntheticPicture(300, 200), metadata: { xmp: XMP } };
    await Deno.writeFile(`${folder}/large.png`, await encodePng(large));
    const small = await runCli(["compress", `${folder}/large.png`, "-q", "90"]);
    assertEquals([small.code, small.err], [0, ""]);
  });
});
