/**
 * Writes the golden files: one of every mode, from pictures made by arithmetic, with what decoding must give.
 *
 *     deno task golden
 *
 * To be run, and its outcome committed, after a deliberate change of the format, the entropy coder or a model's weights.
 */
import { compress, type CompressOptions, decompress, psnr } from "../mod.ts";
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";
import { streamsOf } from "../src/codec/streams/streams_of_file.ts";
import { TILE_JOBS } from "../src/codec/streams/tile_jobs.ts";
import { LocalEngine } from "../src/codec/run/local_engine.ts";
import { codedHeader } from "../src/codec/reduction/coded_size.ts";
import { PictureDecoder, placeSections } from "../src/codec/picture_decoder.ts";
import { type AnyPicture, toEightBits } from "../src/codec/samples.ts";
import { readContainer } from "../src/format/mod.ts";
import { sha256Hex } from "../src/models/sha256.ts";
import { profileOf } from "../tests/image/colour_profile.ts";

/** Where the files are. */
export const GOLDEN_FOLDER: URL = new URL("../tests/golden/", import.meta.url);

/** A mode: what is compressed and how. */
export interface GoldenMode {
  /** Source. */
  readonly picture: AnyPicture;
  /** Options of `compress`. */
  readonly options: CompressOptions;
}

/** What decoding a golden file must give. */
export interface GoldenRecord {
  /** SHA-256 of the quantised coefficients of all streams, i32 little-endian. */
  readonly coefficients: string;
  /** SHA-256 of the picture as it is shown, RGBA of 8 bits. */
  readonly samples: string;
  /** PSNR against the source, in decibels; `null` for exact. */
  readonly psnr: number | null;
}

/** All modes by file name. */
export function goldenModes(): { readonly [name: string]: GoldenMode } {
  const picture = syntheticPicture(84, 70), clear = syntheticPicture(40, 30);
  for (let i = 3; i < clear.data.length; i += 4) clear.data[i] = (i * 3) % 256;
  const grey = { ...clear, data: clear.data.map((_, i, all) => i % 4 === 3 ? 255 : all[4 * (i >> 2)]) };
  const deep = {
    ...clear,
    data: Uint16Array.from(clear.data, (value, i) => value * 256 + (31 * i * i) % 256),
  };
  const widened = { ...clear, data: Uint16Array.from(clear.data, (value) => value * 257) };
  const metadata = { icc: profileOf("RGB ", 132), user: { title: "golden" } };
  const modes: { readonly [name: string]: readonly [AnyPicture, CompressOptions] } = {
    "vaerans-8": [picture, { quality: 40 }],
    "vaerans-4": [picture, { quality: 70 }],
    "vaerans-8-static": [picture, { quality: 40, entropy: "static" }],
    "vaerans-8-groups": [picture, { model: "vaerans-8", tileSide: 64 }],
    "pixels": [picture, { model: "pixels", quality: 90 }],
    "pixels-equal-steps": [picture, { model: "pixels", quality: 90, tune: "psnr" }],
    "pixels-static": [picture, { model: "pixels", quality: 90, entropy: "static" }],
    "pixels-grey": [grey, { model: "pixels", quality: 90 }],
    "pixels-groups-metadata": [picture, { model: "pixels", quality: 90, tileSide: 64, metadata }],
    "pixels-reduced": [syntheticPicture(300, 200), { model: "pixels", bytes: 180 }],
    "thumbnail": [picture, { bytes: 200 }],
    "graphics-layer": [half(96, 64), { quality: 90, content: "graphics" }],
    "lossless": [picture, { lossless: true }],
    "lossless-static": [picture, { lossless: true, entropy: "static" }],
    "lossless-alpha": [clear, { lossless: true }],
    "lossless-grey": [grey, { lossless: true }],
    "lossless-deep": [deep, { lossless: true }],
    "lossless-values": [widened, { lossless: true }],
    "lossless-palette": [falseColours(96, 72), { lossless: true }],
    "lossless-graphics": [drawing(96, 72), { lossless: true }],
    "near-lossless-groups": [clear, { nearLossless: 4, alphaError: 2, tileSide: 64 }],
  };
  return Object.fromEntries(
    Object.entries(modes).map(([name, [picture, options]]) => [
      name,
      { picture, options: { ...options, workers: 0 } },
    ]),
  );
}

/** An opaque picture, made by the colour of each place. */
function painted(
  width: number,
  height: number,
  colourOf: (x: number, y: number, grain: number) => readonly number[],
): AnyPicture {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    data.set(colourOf(x, y, (x * x + 7 * x * y + 3 * y * y) % 23), 4 * i);
  }
  return { data, width, height };
}

/** Strokes on white beside a smooth wave with grain. */
function half(width: number, height: number): AnyPicture {
  return painted(width, height, (x, y, grain) => {
    if (x >= 48) return [90 + x + grain, 60 + 2 * y + grain, 120 + grain - y];
    return y % 10 > 2 && (5 * x + y / 10) % 9 < 3 ? [20, 20, 30] : [255, 255, 255];
  });
}

/** A wave with grain in colours from blue over white to red. */
function falseColours(width: number, height: number): AnyPicture {
  return painted(width, height, (x, y, grain) => {
    const value = (2 * x + 3 * y + grain) % 400, share = 1.275 * Math.min(value, 400 - value);
    return share < 128 ? [2 * share, 2 * share, 255] : [255, 510 - 2 * share, 510 - 2 * share];
  });
}

/** Frames of one colour with a pattern that repeats. */
function drawing(width: number, height: number): AnyPicture {
  return painted(width, height, (x, y) => {
    const frame = Math.min(x, y, width - 1 - x, height - 1 - y) >> 3;
    return (x * y) % 12 === 5 ? [20, 20, 30] : [250 - 40 * frame, 60 * frame, 90];
  });
}

/** What decoding gives. */
export async function goldenRecord(file: Uint8Array, source: AnyPicture): Promise<GoldenRecord> {
  const { header: shown, sections } = readContainer(file), header = codedHeader(shown);
  const engine = new LocalEngine(TILE_JOBS);
  const decoder = new PictureDecoder(header, await streamsOf(header, sections, undefined), engine);
  const placed = placeSections(decoder, sections, "all");
  const parts: Uint8Array[] = [];
  for (const [stream, spec] of decoder.streams.entries()) {
    for (let tile = 0; tile < decoder.grids[stream].count; tile++) {
      const own = placed.filter((_, place) =>
        decoder.plan[place].stream === stream && decoder.plan[place].tile === tile
      );
      const coded = { coder: own[0]!.kind & 15, sections: own.map((section) => section!.payload) };
      const values = await engine.run("decode", spec, decoder.grids[stream].layoutOf(tile), coded);
      const bytes = new Uint8Array(4 * values.length), view = new DataView(bytes.buffer);
      values.forEach((value, i) => view.setInt32(4 * i, value, true));
      parts.push(bytes);
    }
  }
  const all = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const decoded = await decompress(file, { workers: 0 }), decibels = psnr(toEightBits(source), decoded);
  return {
    coefficients: await sha256Hex(all),
    samples: await sha256Hex(new Uint8Array(decoded.data)),
    psnr: decibels === Infinity ? null : Number(decibels.toFixed(3)),
  };
}

if (import.meta.main) {
  const records: { [name: string]: GoldenRecord } = {};
  for (const [name, { picture, options }] of Object.entries(goldenModes())) {
    const file = await compress(picture, options);
    await Deno.writeFile(new URL(`${name}.vaer`, GOLDEN_FOLDER), file);
    records[name] = await goldenRecord(file, picture);
    console.log(`${name}: ${file.length} bytes`);
  }
  await Deno.writeTextFile(new URL("golden.json", GOLDEN_FOLDER), JSON.stringify(records, null, 2) + "\n");
}
