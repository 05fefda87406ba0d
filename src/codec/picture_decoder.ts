import { BitstreamError } from "../core/mod.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  INDEX_SECTION,
  OPTIONAL_SECTION,
  SAMPLE_VALUES_SECTION,
  sectionName,
  STEP_MAP_SECTION,
  TAKE_WHAT_IS_THERE,
} from "../format/mod.ts";
import type { TileEngine } from "./run/tile_engine.ts";
import type { CodedTile, TileJobs } from "./streams/job_types.ts";
import {
  copyCoefficients,
  intersection,
  type PlacedPyramid,
  type QuantisedCoefficients,
  type Rect,
  TileGrid,
  type Window,
} from "./tiles/tile_grid.ts";
import { mapInOrder } from "../concurrency/map_in_order.ts";
import { type PastedSamples, pasteSamples, type SampleData } from "./samples.ts";
import { sharesOf } from "./tiles/shares.ts";
import { type PlannedSection, sectionPlan } from "./tiles/packet_order.ts";
import { SECTION_OF_STREAM, type StreamSpec } from "./streams/stream_spec.ts";

/** What streams beside the colours write. */
const PASTED: Readonly<Partial<Record<StreamSpec["kind"], PastedSamples>>> = {
  alpha: "alpha",
  layer: "covering",
};

/** The tiles of a file's streams and the order of its sections. */
export class PictureDecoder {
  /** A grid a stream. */
  readonly grids: readonly TileGrid[];
  /** Order of the stream sections. */
  readonly plan: readonly PlannedSection[];

  /**
   * Makes the object.
   *
   * @param header Of the file.
   * @param streams Colour, alpha where there is any, and a layer of graphics where there is one.
   * @param engine Runs the tiles.
   * @param onTile Called as each tile has been decoded or shown.
   */
  constructor(
    readonly header: ContainerHeader,
    readonly streams: readonly StreamSpec[],
    readonly engine: TileEngine<TileJobs>,
    readonly onTile: () => void = () => {},
  ) {
    this.grids = streams.map((spec) => new TileGrid(header, header.tileSide, spec));
    this.plan = sectionPlan(this.grids);
  }

  /** Places in the plan of the sections that a region needs. */
  sectionsFor(region: Rect): number[] {
    const needed = this.grids.map((grid) =>
      new Set(grid.tilesIn(grid.windowOf(grid.netRect(region, "decoder")).rect))
    );
    return this.plan.flatMap(({ stream, tile }, place) => needed[stream].has(tile) ? [place] : []);
  }

  /** Jobs that decoding a region takes: tiles to decode and tiles to show. */
  jobsFor(region: Rect): number {
    return this.grids.reduce((sum, grid, stream) => {
      const shown = sharesToShow(this.streams[stream], grid, region, this.engine).flat().length;
      return sum + shown + grid.tilesIn(grid.windowOf(grid.netRect(region, "decoder")).rect).length;
    }, 0);
  }

  /**
   * Decodes a region.
   *
   * @param sections By their place in the plan; holes where they are not needed, or not there yet.
   * @param region Inside the picture.
   * @returns RGBA of the region, of the file's own depth.
   */
  async decode(sections: readonly (ContainerSection | undefined)[], region: Rect): Promise<SampleData> {
    const length = 4 * region.width * region.height;
    const data = this.header.bitDepth === 16 ? new Uint16Array(length) : new Uint8ClampedArray(length);
    for (const stream of this.streams.keys()) {
      const tiles = this.#tilesOf(sections, stream);
      if (stream > 0 && tiles.size === 0) continue; // not there yet: opaque, without a layer
      await this.#decodeStream(stream, tiles, region, data);
    }
    return data;
  }

  /** Group of shares by group of shares, keeping the coefficients that the next group needs too. */
  async #decodeStream(
    stream: number,
    coded: ReadonlyMap<number, CodedTile>,
    region: Rect,
    data: SampleData,
  ): Promise<void> {
    const spec = this.streams[stream], grid = this.grids[stream], { engine, header } = this;
    const decoded = new Map<number, PlacedPyramid<QuantisedCoefficients>>();
    for (const shares of sharesToShow(spec, grid, region, engine)) {
      const places = shares.map((wanted) => {
        const net = grid.netRect(wanted, "decoder"), window = grid.windowOf(net);
        const pixels = grid.pixelsOf(net);
        return {
          window,
          needed: grid.tilesIn(window.rect),
          place: { net, pixels, wanted, stepCode: header.stepCode },
        };
      });
      const needed = [...new Set(places.flatMap((place) => place.needed))].sort((a, b) => a - b);
      for (const tile of decoded.keys()) if (!needed.includes(tile)) decoded.delete(tile);
      const missing = needed.filter((tile) => !decoded.has(tile) && coded.has(tile));
      await mapInOrder(missing.length, engine.concurrency + 1, async (index) => {
        const tile = missing[index], layout = grid.layoutOf(tile);
        const coefficients = await engine.run("decode", spec, layout, coded.get(tile)!);
        decoded.set(tile, { rect: grid.sampleRect(tile), layout, coefficients });
        this.onTile();
      });
      await mapInOrder(places.length, engine.concurrency + 1, async (index) => {
        const { window, needed, place } = places[index];
        const coefficients = coefficientsOf(window, needed.flatMap((tile) => decoded.get(tile) ?? []));
        const samples = await engine.run("synthesise", spec, { ...window, coefficients }, place);
        pasteSamples(samples, place.wanted, data, region, PASTED[spec.kind] ?? "all");
        this.onTile();
      });
    }
  }

  #tilesOf(sections: readonly (ContainerSection | undefined)[], stream: number): Map<number, CodedTile> {
    const tiles = new Map<number, { coder: number; sections: Uint8Array[] }>();
    let coder: number | undefined;
    for (const [place, planned] of this.plan.entries()) {
      const section = sections[place];
      if (planned.stream !== stream || !section) continue;
      coder ??= section.kind & 15;
      if (coder !== (section.kind & 15)) {
        throw new BitstreamError(
          "section-mixed",
          `Cannot decode the section of ${describe(planned)} (${
            sectionName(section.kind)
          }): its coder must ` +
            `be that of the first section, ${coder} (got ${section.kind & 15}). Fetch the file again.`,
        );
      }
      const tile = tiles.get(planned.tile) ?? { coder, sections: [] };
      tiles.set(planned.tile, tile);
      // A finer resolution is of no use without the coarser ones.
      if (tile.sections.length === planned.resolution) tile.sections.push(section.payload);
    }
    return tiles;
  }
}

/**
 * Puts a file's stream sections in their places of the plan. Kinds that are neither known nor optional, and sections that
 * do not fit the plan, are errors.
 *
 * @param enough Whether sections may be missing at the end.
 */
export function placeSections(
  decoder: PictureDecoder,
  sections: readonly ContainerSection[],
  enough: "all" | "some",
): (ContainerSection | undefined)[] {
  const placed: ContainerSection[] = [];
  for (const [index, section] of sections.entries()) {
    if (section.kind & OPTIONAL_SECTION) continue;
    if (section.kind === INDEX_SECTION && decoder.header.tileSide > 0) continue;
    if (section.kind === STEP_MAP_SECTION && decoder.header.weighted) continue;
    if (section.kind === SAMPLE_VALUES_SECTION && decoder.streams[0].values) continue;
    const planned = decoder.plan[placed.length];
    const due = planned && SECTION_OF_STREAM[decoder.streams[planned.stream].kind];
    if ((section.kind & 0xf0) !== due) {
      const known = Object.values(SECTION_OF_STREAM).includes(section.kind & 0xf0);
      throw known
        ? new BitstreamError(
          "section-mixed",
          `Cannot decode section ${index}: it must be ` +
            `${planned ? describe(planned) : "absent, as the picture is complete"} (got ` +
            `${sectionName(section.kind)}). Fetch the file again.`,
        )
        : new BitstreamError(
          "section-unknown",
          `Cannot decode section ${index}: its kind must be known or optional (got ${section.kind}). Use a ` +
            "newer release.",
        );
    }
    placed.push(section);
  }
  if (enough === "all" ? placed.length < decoder.plan.length : placed.length === 0) {
    throw new BitstreamError(
      "file-truncated",
      `Cannot decode the picture: the file must hold ${
        enough === "all" ? `${decoder.plan.length} sections` : "at least the first section"
      } of it (got ${placed.length}). Fetch the file again` +
        (placed.length > 0 ? `, or ${TAKE_WHAT_IS_THERE}.` : "."),
    );
  }
  return placed;
}

/** The coefficients of a window, from the tiles that it touches; a tile that is not there yet is zeros. */
function coefficientsOf(
  window: Window,
  tiles: readonly PlacedPyramid<QuantisedCoefficients>[],
): QuantisedCoefficients {
  if (tiles.length === 1 && isEqual(tiles[0].rect, window.rect)) return tiles[0].coefficients;
  const areShort = tiles.every(({ coefficients }) => coefficients instanceof Int16Array);
  const count = window.layout.coefficientCount;
  const coefficients = areShort ? new Int16Array(count) : new Int32Array(count);
  for (const tile of tiles) copyCoefficients(tile, { ...window, coefficients });
  return coefficients;
}

function isEqual(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/**
 * The parts of a region that are shown by one job each, in groups from top to bottom: tiles, or for nets, which look far beyond
 * what they show, shares of the region.
 */
export function sharesToShow(
  spec: StreamSpec,
  grid: TileGrid,
  region: Rect,
  { concurrency: threads, mostSharePixels = Infinity }: Pick<
    TileEngine<TileJobs>,
    "concurrency" | "mostSharePixels"
  >,
): Rect[][] {
  if (spec.kind === "latent") {
    const { haloPixels: marginPixels, paddingMultiple: unit } = spec;
    const mostPixels = Math.min(spec.mostSharePixels ?? Infinity, mostSharePixels);
    return sharesOf(region, { threads, marginPixels, mostPixels, unit });
  }
  const rows: Rect[][] = [];
  for (const tile of grid.tilesIn(grid.samplesOf(region))) {
    const share = intersection(grid.pixelRect(tile), region);
    if (rows.at(-1)?.[0].y === share.y) rows.at(-1)!.push(share);
    else rows.push([share]);
  }
  return rows;
}

function describe({ stream, tile, resolution }: PlannedSection): string {
  return `tile ${tile} of stream ${stream}, resolution ${resolution}`;
}
