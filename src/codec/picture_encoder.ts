import { clampedCodeFromStep } from "../components/mod.ts";
import { varintBytes } from "../entropy/varint.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  INDEX_SECTION,
  PIXEL_CHECK_SECTION,
  writeContainer,
} from "../format/mod.ts";
import { type QualityScale, stepOfQuality } from "../models/mod.ts";
import type { CodedGroup, CodingChoice, GroupEngine, RefinementChoice } from "./group_engine.ts";
import { copyCoefficients, GroupGrid, type PlacedPyramid } from "./group_grid.ts";
import { mapInOrder } from "./map_in_order.ts";
import { pixelCheck } from "./pixel_check.ts";
import type { Progress } from "./progress.ts";
import { type AnyPicture, cropSamples } from "./samples.ts";
import { sectionPlan } from "./section_plan.ts";
import type { StepEncoder } from "./step_encoder.ts";
import { SECTION_OF_STREAM, type StreamSpec } from "./stream_spec.ts";

/** Pyramids of at most so many bytes are kept between encodings; larger ones of pixels are made again each time. */
const MOST_KEPT_BYTES: number = 2 ** 28;

/** What is to be made of a picture. */
export interface EncodingPlan {
  /** Stream of the colours. */
  readonly colour: StreamSpec;
  /** Stream of alpha; `undefined` for opaque pictures. */
  readonly alpha: StreamSpec | undefined;
  /** Header fields that do not depend on the step. */
  readonly header: Omit<ContainerHeader, "stepCode" | "quality">;
  /** How qualities become steps. */
  readonly scale: QualityScale;
  /** Whether the colours are a latent whose model says what it was trained for. */
  readonly refinable: boolean;
  /** Coder and effort. */
  readonly choice: Omit<CodingChoice, "stepCode">;
  /** Sections before and after the streams; among the first the step map, if there is one. */
  readonly metadata: {
    readonly before: readonly ContainerSection[];
    readonly after: readonly ContainerSection[];
  };
}

/** Encodes a picture's groups with one step or many: what does not depend on the step runs once. */
export class PictureEncoder implements StepEncoder {
  readonly #grid: GroupGrid;
  readonly #kept: (Float32Array | Int32Array | undefined)[] = [];
  #colour: { readonly stepCode: number; readonly groups: readonly CodedGroup[] } | undefined;
  #alpha: Promise<CodedGroup[]> | undefined;

  /**
   * Makes the object.
   *
   * @param picture Any depth; lossy streams take 8 bits only.
   * @param plan Streams and header.
   * @param engine Runs the groups.
   * @param progress Told of each group that has been analysed or encoded.
   */
  constructor(
    readonly picture: AnyPicture,
    readonly plan: EncodingPlan,
    readonly engine: GroupEngine,
    readonly progress: Progress,
  ) {
    this.#grid = new GroupGrid(picture, plan.header.groupSide, plan.colour);
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
    const { header, colour, alpha, metadata } = this.plan;
    const isKnown = this.#colour?.stepCode === stepCode;
    const jobs = isKnown ? 0 : this.#grid.count * (this.#kept.length > 0 ? 1 : 2);
    this.progress.begin("encode", jobs + (alpha && !this.#alpha ? 2 * this.#grid.count : 0));
    const coded = isKnown
      ? this.#colour!
      : { stepCode, groups: await this.#encodeStream(colour, this.#grid, stepCode, this.#kept) };
    this.#colour = coded;
    const streams = [{ spec: colour, grid: this.#grid, groups: coded.groups }];
    if (alpha) {
      const grid = new GroupGrid(this.picture, header.groupSide, alpha);
      this.#alpha ??= this.#encodeStream(alpha, grid, 0, []);
      streams.push({ spec: alpha, grid, groups: await this.#alpha });
    }
    const sections = sectionPlan(streams.map(({ grid }) => grid)).map(({ stream, group, resolution }) => {
      const { spec, groups } = streams[stream];
      return {
        kind: SECTION_OF_STREAM[spec.kind] | groups[group].coder,
        payload: groups[group].sections[resolution],
      };
    });
    const lengths = sections.flatMap(({ payload }) => varintBytes(payload.length));
    const index = header.groupSide === 0 ? [] : [{ kind: INDEX_SECTION, payload: Uint8Array.from(lengths) }];
    const exact = colour.kind === "exact" && colour.bound === 0;
    const check = exact ? [{ kind: PIXEL_CHECK_SECTION, payload: this.#check() }] : [];
    this.progress.finish();
    return writeContainer(
      { ...header, stepCode: colour.kind === "exact" ? colour.bound : stepCode, quality },
      [...metadata.before, ...index, ...sections, ...check, ...metadata.after],
    );
  }

  /** See {@linkcode StepEncoder.refine}: group by group, with the coefficients around it as they were. */
  async refine(choice: RefinementChoice): Promise<void> {
    const spec = this.plan.colour, grid = this.#grid;
    this.progress.begin("refine", grid.count);
    const known = await mapInOrder(grid.count, this.engine.concurrency + 1, async (group) => ({
      rect: grid.sampleRect(group),
      layout: grid.layoutOf(group),
      coefficients: (this.#kept[group] ?? await this.#analyse(spec, grid, group)) as Float32Array,
    }));
    const refined = await mapInOrder(grid.count, this.engine.concurrency + 1, async (group) => {
      const net = grid.netRect(grid.pixelRect(group), "decoder"), pixels = grid.pixelsOf(net);
      const window = grid.windowOf(net);
      const around = { ...window, coefficients: new Float32Array(window.layout.coefficientCount) };
      for (const other of grid.groupsIn(window.rect)) copyCoefficients(known[other], around);
      const shown = cropSamples(this.picture, pixels) as Uint8ClampedArray;
      const coefficients = await this.engine.refine(spec, around, { shown, net, pixels }, choice);
      const own = { ...known[group], coefficients: new Float32Array(known[group].coefficients.length) };
      copyCoefficients({ ...window, coefficients }, own);
      this.progress.step();
      return own.coefficients;
    });
    refined.forEach((coefficients, group) => this.#kept[group] = coefficients);
    this.#colour = undefined;
    this.progress.finish();
  }

  #check(): Uint8Array {
    const { colour, alpha } = this.plan;
    return pixelCheck(this.picture, { grey: colour.grey, alpha: alpha?.bound === 0 });
  }

  /** Several groups are under way at once; the engine decides how many it runs. */
  async #encodeStream(
    spec: StreamSpec,
    grid: GroupGrid,
    stepCode: number,
    kept: (Float32Array | Int32Array | undefined)[],
  ): Promise<CodedGroup[]> {
    const keep = spec.kind === "latent" ||
      4 * spec.channels * grid.sampleWidth * grid.sampleHeight <= MOST_KEPT_BYTES;
    return await mapInOrder(grid.count, this.engine.concurrency + 1, async (group) => {
      const coefficients = kept[group] ?? await this.#analyse(spec, grid, group);
      if (keep) kept[group] = coefficients;
      const placed: PlacedPyramid = {
        rect: grid.sampleRect(group),
        layout: grid.layoutOf(group),
        coefficients,
      };
      const coded = await this.engine.encode(spec, placed, { ...this.plan.choice, stepCode });
      this.progress.step();
      return coded;
    });
  }

  async #analyse(spec: StreamSpec, grid: GroupGrid, group: number): Promise<Float32Array | Int32Array> {
    const rect = grid.sampleRect(group), layout = grid.layoutOf(group);
    const window = grid.windowOf(grid.netRect(grid.pixelsOf(rect), "encoder"));
    const pixels = grid.pixelsOf(window.rect);
    const coefficients = await this.engine.analyse(
      spec,
      cropSamples(this.picture, pixels),
      pixels,
      window,
      { rect, layout },
    );
    this.progress.step();
    return coefficients;
  }
}
