import { clampedCodeFromStep } from "../components/mod.ts";
import { varintBytes } from "../entropy/varint.ts";
import { type ContainerHeader, INDEX_SECTION, PIXEL_CHECK_SECTION, writeContainer } from "../format/mod.ts";
import { type QualityScale, stepOfQuality } from "../models/manifest.ts";
import type { TileEngine } from "./run/tile_engine.ts";
import type { CodedTile, CodingChoice, RefinementChoice, TileJobs } from "./streams/job_types.ts";
import { copyCoefficients, type PlacedPyramid, type Rect, TileGrid } from "./tiles/tile_grid.ts";
import { mapInOrder } from "../concurrency/map_in_order.ts";
import type { MetadataSections } from "./container/metadata_sections.ts";
import { pixelCheck } from "./container/pixel_check.ts";
import type { Progress } from "./progress.ts";
import { type AnyPicture, cropSamples } from "./samples.ts";
import { sectionPlan } from "./tiles/packet_order.ts";
import type { StepEncoder } from "./plan/step_encoder.ts";
import { SECTION_OF_STREAM, type StreamSpec } from "./streams/stream_spec.ts";

/** Pyramids of at most so many bytes are kept between encodings; larger ones of pixels are made again each time. */
const MOST_KEPT_BYTES: number = 2 ** 28;

/** Nets analyse a picture in so many blocks at least, if it has as many tiles: several workers have work. */
const LEAST_BLOCKS = 4;

/** What is to be made of a picture. */
export interface EncodingPlan {
  /** Stream of the colours. */
  readonly colour: StreamSpec;
  /** Stream of alpha; `undefined` for opaque pictures and where alpha is a plane of the colours' stream. */
  readonly alpha: StreamSpec | undefined;
  /** Layer of graphics above the colours, and what it shows; absent if there is none. */
  readonly layer?: { readonly spec: StreamSpec; readonly picture: AnyPicture } | undefined;
  /** Header fields that do not depend on the step. */
  readonly header: Omit<ContainerHeader, "stepCode" | "quality">;
  /** How qualities become steps. */
  readonly scale: QualityScale;
  /** Whether the colours are a latent whose model says what it was trained for. */
  readonly refinable: boolean;
  /** Coder and effort. */
  readonly choice: Omit<CodingChoice, "stepCode">;
  /** Sections before and after the streams; among the first the step map, if there is one. */
  readonly metadata: MetadataSections;
}

/** Encodes a picture's tiles with one step or many: what does not depend on the step runs once. */
export class PictureEncoder implements StepEncoder {
  readonly #grid: TileGrid;
  readonly #kept: (Float32Array | Int32Array | undefined)[] = [];
  /** Blocks of the colours' tiles by their origin, until each of their tiles has been taken. */
  readonly #blocks = new Map<string, { readonly placed: Promise<PlacedPyramid>; missing: number }>();
  #colour: { readonly stepCode: number; readonly tiles: readonly CodedTile[] } | undefined;
  #alpha: Promise<CodedTile[]> | undefined;
  #layer: Promise<CodedTile[]> | undefined;

  /**
   * Makes the object.
   *
   * @param picture Any depth; lossy streams take 8 bits only.
   * @param plan Streams and header.
   * @param engine Runs the tiles.
   * @param progress Told of each tile that has been analysed or encoded.
   */
  constructor(
    readonly picture: AnyPicture,
    readonly plan: EncodingPlan,
    readonly engine: TileEngine<TileJobs>,
    readonly progress: Progress,
  ) {
    this.#grid = new TileGrid(picture, plan.header.tileSide, plan.colour);
  }

  /** See {@linkcode StepEncoder.isOfPixels}. */
  get isOfPixels(): boolean {
    return this.plan.colour.kind === "pixels";
  }

  /** See {@linkcode StepEncoder.codeOfQuality}. */
  codeOfQuality(quality: number): number {
    return clampedCodeFromStep(stepOfQuality(this.plan.scale, quality));
  }

  /** The whole file; the step asked for last costs nothing again. Exact streams have no step: theirs is the bound. */
  async encode(stepCode: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const { header, colour, alpha, layer, metadata } = this.plan;
    const isKnown = this.#colour?.stepCode === stepCode;
    const jobs = isKnown ? 0 : this.#grid.count * (this.#kept.length > 0 ? 1 : 2);
    const further = (alpha && !this.#alpha ? 1 : 0) + (layer && !this.#layer ? 1 : 0);
    this.progress.begin("encode", jobs + 2 * further * this.#grid.count);
    const coded = isKnown
      ? this.#colour!
      : { stepCode, tiles: await this.#encodeStream(colour, this.#grid, this.picture, stepCode, this.#kept) };
    this.#colour = coded;
    const streams = [{ spec: colour, grid: this.#grid, tiles: coded.tiles }];
    if (alpha) {
      const grid = new TileGrid(this.picture, header.tileSide, alpha);
      this.#alpha ??= this.#encodeStream(alpha, grid, this.picture, 0, []);
      streams.push({ spec: alpha, grid, tiles: await this.#alpha });
    }
    if (layer) {
      const grid = new TileGrid(this.picture, header.tileSide, layer.spec);
      this.#layer ??= this.#encodeStream(layer.spec, grid, layer.picture, 0, []);
      streams.push({ spec: layer.spec, grid, tiles: await this.#layer });
    }
    const sections = sectionPlan(streams.map(({ grid }) => grid)).map(({ stream, tile, resolution }) => {
      const { spec, tiles } = streams[stream];
      return {
        kind: SECTION_OF_STREAM[spec.kind] | tiles[tile].coder,
        payload: tiles[tile].sections[resolution],
      };
    });
    const lengths = sections.flatMap(({ payload }) => varintBytes(payload.length));
    const index = header.tileSide === 0 ? [] : [{ kind: INDEX_SECTION, payload: Uint8Array.from(lengths) }];
    const exact = colour.kind === "exact" && colour.bound === 0;
    const check = exact ? [{ kind: PIXEL_CHECK_SECTION, payload: this.#check() }] : [];
    this.progress.finish();
    return writeContainer(
      { ...header, stepCode: colour.kind === "exact" ? colour.bound : stepCode, quality },
      [...metadata.before, ...index, ...sections, ...check, ...metadata.after],
    );
  }

  /** See {@linkcode StepEncoder.refine}: tile by tile, with the coefficients around it as they were. */
  async refine(choice: RefinementChoice): Promise<void> {
    const spec = this.plan.colour, grid = this.#grid;
    this.progress.begin("refine", grid.count);
    const known = await mapInOrder(grid.count, this.engine.concurrency + 1, async (tile) => ({
      rect: grid.sampleRect(tile),
      layout: grid.layoutOf(tile),
      coefficients: (this.#kept[tile] ?? await this.#analyse(spec, grid, this.picture, tile)) as Float32Array,
    }));
    const refined = await mapInOrder(grid.count, this.engine.concurrency + 1, async (tile) => {
      const net = grid.netRect(grid.pixelRect(tile), "decoder"), pixels = grid.pixelsOf(net);
      const window = grid.windowOf(net);
      const around = { ...window, coefficients: new Float32Array(window.layout.coefficientCount) };
      for (const other of grid.tilesIn(window.rect)) copyCoefficients(known[other], around);
      const shown = cropSamples(this.picture, pixels) as Uint8ClampedArray;
      const coefficients = await this.engine.run("refine", spec, around, { shown, net, pixels }, choice);
      const own = { ...known[tile], coefficients: new Float32Array(known[tile].coefficients.length) };
      copyCoefficients({ ...window, coefficients }, own);
      this.progress.step();
      return own.coefficients;
    });
    refined.forEach((coefficients, tile) => this.#kept[tile] = coefficients);
    this.#colour = undefined;
    this.progress.finish();
  }

  #check(): Uint8Array {
    const { grey, alphaBound } = this.plan.header;
    return pixelCheck(this.picture, { grey, alpha: alphaBound === 0 });
  }

  /** Several tiles are under way at once; the engine decides how many it runs. */
  async #encodeStream(
    spec: StreamSpec,
    grid: TileGrid,
    picture: AnyPicture,
    stepCode: number,
    kept: (Float32Array | Int32Array | undefined)[],
  ): Promise<CodedTile[]> {
    const keep = spec.kind === "latent" ||
      4 * spec.channels * grid.sampleWidth * grid.sampleHeight <= MOST_KEPT_BYTES;
    return await mapInOrder(grid.count, this.engine.concurrency + 1, async (tile) => {
      const coefficients = kept[tile] ?? await this.#analyse(spec, grid, picture, tile);
      if (keep) kept[tile] = coefficients;
      const placed: PlacedPyramid = {
        rect: grid.sampleRect(tile),
        layout: grid.layoutOf(tile),
        coefficients,
      };
      const coded = await this.engine.run("encode", spec, placed, { ...this.plan.choice, stepCode });
      this.progress.step();
      return coded;
    });
  }

  /** Coefficients of a tile; nets analyse blocks of tiles, whose margins are computed once for several tiles. */
  async #analyse(
    spec: StreamSpec,
    grid: TileGrid,
    picture: AnyPicture,
    tile: number,
  ): Promise<Float32Array | Int32Array> {
    const own = { rect: grid.sampleRect(tile), layout: grid.layoutOf(tile) };
    const { mostSharePixels = Infinity } = this.engine;
    // The same for any number of workers.
    const mostPixels = Math.min(spec.mostSharePixels ?? 0, mostSharePixels);
    const block = grid.blockAround(tile, mostPixels, LEAST_BLOCKS);
    const key = `${block.x}, ${block.y}`;
    let analysis = this.#blocks.get(key);
    if (!analysis) {
      const missing = grid.tilesIn(block).length;
      analysis = { placed: this.#analyseBlock(spec, grid, picture, block), missing };
      if (missing > 1) this.#blocks.set(key, analysis);
    }
    const placed = await analysis.placed;
    if (--analysis.missing === 0) this.#blocks.delete(key);
    this.progress.step();
    if (placed.coefficients.length === own.layout.coefficientCount) return placed.coefficients;
    const coefficients = new Float32Array(own.layout.coefficientCount);
    copyCoefficients(placed as PlacedPyramid<Float32Array>, { ...own, coefficients });
    return coefficients;
  }

  async #analyseBlock(
    spec: StreamSpec,
    grid: TileGrid,
    picture: AnyPicture,
    rect: Rect,
  ): Promise<PlacedPyramid> {
    const layout = grid.layoutFor(rect);
    const window = grid.windowOf(grid.netRect(grid.pixelsOf(rect), "encoder"));
    const pixels = grid.pixelsOf(window.rect);
    const samples = cropSamples(picture, pixels);
    const coefficients = await this.engine.run("analyse", spec, samples, pixels, window, { rect, layout });
    return { rect, layout, coefficients };
  }
}
