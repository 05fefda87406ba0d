import { compress, decompress } from "../../mod.ts";
import { loadModel } from "../models/load.ts";
import { codedHeader } from "../codec/reduction/coded_size.ts";
import { streamsOf } from "../codec/streams/streams_of_file.ts";
import { TileGrid } from "../codec/tiles/tile_grid.ts";
import { modelNameOf } from "../codec/streams/model_of_file.ts";
import { priorOf } from "../codec/streams/prior.ts";
import type { PyramidLayout, TraceRecord } from "../core/mod.ts";
import {
  coderOfId,
  decodeSections,
  encodeSections,
  type EntropyMode,
  type EntropyOptions,
  sectionCount,
} from "../entropy/mod.ts";
import {
  type Container,
  EXACT_SECTION,
  LATENT_SECTION,
  PIXEL_SECTION,
  readContainer,
  sectionName,
} from "../format/mod.ts";
import type { Picture } from "../image/mod.ts";

/** One subband of all channels. */
export interface BandBreakdown {
  /** `LL`, or the orientation and level, `HL1` being of the finest. */
  readonly name: string;
  /** What the file grows by when this band joins those before it. */
  readonly bytes: number;
  /** Coefficients. */
  readonly count: number;
  /** How often each value occurs; those beyond {@linkcode HISTOGRAM_REACH} count as the outermost. */
  readonly histogram: ReadonlyMap<number, number>;
}

/** Where a file's bytes and its time go. */
export interface Breakdown {
  /** Name of the model. */
  readonly model: string;
  /** All bytes. */
  readonly bytes: number;
  /** What is not payload of sections: header, lengths, checksums. */
  readonly headerBytes: number;
  /** Sections in file order. */
  readonly sections: readonly { readonly name: string; readonly bytes: number }[];
  /** Subbands in coding order; empty for files whose streams this version of the report cannot take apart. */
  readonly bands: readonly BandBreakdown[];
  /** Milliseconds by step of encoding, and of decoding. */
  readonly times: readonly {
    readonly side: "encode" | "decode";
    readonly step: string;
    readonly ms: number;
  }[];
}

/** Largest magnitude that histograms tell apart. */
export const HISTOGRAM_REACH = 6;

const STREAM_KINDS: readonly number[] = [LATENT_SECTION, PIXEL_SECTION, EXACT_SECTION];
const ORIENTATIONS = ["LL", "HL", "LH", "HH"] as const;

/**
 * Takes a `.vaer` file apart.
 *
 * @param file The file.
 * @param source The picture it was made from; encoded once more, for the times.
 * @param folder Of the model, for one that does not ship with the package.
 * @returns What is where.
 */
export async function breakdownOf(file: Uint8Array, source: Picture, folder?: string): Promise<Breakdown> {
  const container = readContainer(file), { header, sections } = container;
  const payload = sections.reduce((sum, section) => sum + section.payload.length, 0);
  const stream = sections.filter(({ kind }) => STREAM_KINDS.includes(kind & 0xf0));
  const mode = coderOfId(stream[0]?.kind & 15)?.name;
  const model = folder ?? modelNameOf(header);
  const { layout, inOnePiece, options } = await codingOf(container, folder, mode);
  const whole = inOnePiece && stream.length === sectionCount(layout.bands);
  return {
    model: modelNameOf(header),
    bytes: file.length,
    headerBytes: file.length - payload,
    sections: sections.map((section) => ({
      name: stream.includes(section) ? `resolution ${stream.indexOf(section)}` : sectionName(section.kind),
      bytes: section.payload.length,
    })),
    bands: whole && mode !== undefined
      ? bandsOf(decodeSections(stream.map(({ payload }) => payload), layout.bands, options), layout, options)
      : [],
    times: await timesOf(file, source, model),
  };
}

async function codingOf(
  { header, sections }: Container,
  folder: string | undefined,
  mode: EntropyMode = "context",
): Promise<{ layout: PyramidLayout; inOnePiece: boolean; options: EntropyOptions }> {
  const coded = codedHeader(header), [colour] = await streamsOf(coded, sections, folder);
  const grid = new TileGrid(coded, header.tileSide, colour);
  const prior = colour.kind === "latent" ? await priorOf(await loadModel(colour.model)) : undefined;
  return {
    layout: grid.layoutOf(0),
    inOnePiece: grid.count === 1,
    options: { mode, ...(prior && { prior }) },
  };
}

/**
 * Bands of one level and orientation lie together. What one costs depends on those before it: the stream is encoded
 * again with one band more each time, the others being zero.
 */
function bandsOf(coefficients: Int32Array, layout: PyramidLayout, options: EntropyOptions): BandBreakdown[] {
  const tiles = Map.groupBy(layout.bands, ({ level, orientation }) => `${level} ${orientation}`);
  const known = new Int32Array(coefficients.length);
  const sizeOfKnown = () =>
    encodeSections(known, layout.bands, options).reduce((sum, section) => sum + section.length, 0);
  let before = 0;
  const bands: BandBreakdown[] = [];
  for (const tile of tiles.values()) {
    const [{ offset, level, orientation }] = tile;
    const end = tile.reduce((end, band) => Math.max(end, band.offset + band.width * band.height), offset);
    if (end === offset) continue;
    const values = coefficients.subarray(offset, end);
    known.set(values, offset);
    const size = sizeOfKnown();
    const histogram = new Map<number, number>();
    for (const value of values) {
      const shown = Math.max(-HISTOGRAM_REACH, Math.min(HISTOGRAM_REACH, value));
      histogram.set(shown, (histogram.get(shown) ?? 0) + 1);
    }
    bands.push({
      name: ORIENTATIONS[orientation] + (orientation === 0 ? "" : level),
      bytes: size - before,
      count: values.length,
      histogram,
    });
    before = size;
  }
  return bands;
}

async function timesOf(file: Uint8Array, source: Picture, model: string): Promise<Breakdown["times"]> {
  const collect = async (run: (onStep: (record: TraceRecord) => void) => Promise<unknown>) => {
    const steps = new Map<string, number>();
    const began = performance.now();
    await run(({ step, milliseconds }) => steps.set(step, (steps.get(step) ?? 0) + milliseconds));
    const rest = performance.now() - began - [...steps.values()].reduce((sum, ms) => sum + ms, 0);
    return [...steps, ["the rest", Math.max(0, rest)] as const];
  };
  const encode = await collect((onStep) => compress(source, { model, onStep }));
  const own = model.includes("/") ? { model } : {};
  const decode = await collect((onStep) => decompress(file, { ...own, onStep }));
  return [
    ...encode.map(([step, ms]) => ({ side: "encode" as const, step, ms })),
    ...decode.map(([step, ms]) => ({ side: "decode" as const, step, ms })),
  ];
}
