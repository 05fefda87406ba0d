import { InvalidValueError } from "../../../core/mod.ts";
import {
  type ConvolutionStep,
  keptPlanes,
  type NetPlan,
  type NetStep,
  outputPlanes,
} from "../../net_plan.ts";
import { bandRowsFor, type BandSchedule, bandScheduleOf } from "./band_schedule.ts";
import { Convolution, firstPlaceOf, type PlacedMap, rowPitchOf } from "./convolution.ts";
import { ConvolutionMemory } from "./convolution_memory.ts";
import { MapRing } from "./map_ring.ts";

const nets = new WeakMap<NetPlan, PlannedNet>();

/** The net of a plan, its weights in this thread's memory for nets since the first time. */
export function plannedNet(plan: NetPlan): PlannedNet {
  let net = nets.get(plan);
  if (!net) nets.set(plan, net = new PlannedNet(plan, ConvolutionMemory.shared()));
  return net;
}

/** Runs a plan, one picture after the other. */
export class PlannedNet {
  /** What is run. */
  readonly plan: NetPlan;
  /** Where all is. */
  readonly memory: ConvolutionMemory;
  readonly #convolutions: ReadonlyMap<unknown, Convolution>;
  readonly #schedule: BandSchedule;
  /** Sides of the input are multiples of this. */
  readonly #unit: number;
  /** Sides of the output, in those of the input. */
  readonly #outputScale: number;

  /** Puts the weights into memory. */
  constructor(plan: NetPlan, memory: ConvolutionMemory) {
    this.plan = plan;
    this.memory = memory;
    this.#convolutions = new Map(
      plan.steps.flatMap((step) =>
        step.kind === "convolution" ? [[step, new Convolution(memory, step)]] : []
      ),
    );
    this.#schedule = bandScheduleOf(plan);
    this.#unit = Math.max(...plan.maps.map(({ scale }) => 1 / scale), 1);
    const [{ source, factor }] = plan.output.parts;
    this.#outputScale = source.scale * factor;
  }

  /**
   * Shape of the output for an input (n, planes, rows, columns).
   *
   * Errors: `InvalidValueError` ("net-shape") for a shape that the net does not take.
   */
  outputShape([count, planes, rows, columns]: readonly number[]): number[] {
    const unit = this.#unit, scale = this.#outputScale;
    if (planes !== this.plan.planes || rows % unit > 0 || columns % unit > 0) {
      throw new InvalidValueError(
        "net-shape",
        `Cannot run a net: its input must have ${this.plan.planes} planes and sides in multiples of ` +
          `${unit} (got shape [${
            [count, planes, rows, columns].join(", ")
          }]). Check paddingMultiple in the ` +
          "model's manifest.",
      );
    }
    return [count, keptPlanes(this.plan.output), rows * scale, columns * scale];
  }

  /**
   * Runs the net.
   *
   * Errors: `ArenaFullError` ("net-memory").
   *
   * @param input Of `shape`, (n, planes, rows, columns).
   * @param conditions (n): what the plan's shifts are told.
   * @param output Of {@linkcode PlannedNet.outputShape}.
   */
  run(
    input: Float32Array,
    shape: readonly number[],
    conditions: Float32Array = new Float32Array(shape[0]),
    output: Float32Array,
  ): void {
    const [count, ...sides] = shape, [, planes, height, width] = this.outputShape(shape);
    const part = (all: Float32Array, i: number) =>
      all.subarray(all.length / count * i, all.length / count * (i + 1));
    for (let i = 0; i < count; i++) {
      const target = part(output, i);
      this.runBands(part(input, i), [1, ...sides], conditions.subarray(i, i + 1), (band, first, rows) => {
        const size = rows * width;
        for (let plane = 0; plane < planes; plane++) {
          target.set(band.subarray(plane * size, (plane + 1) * size), (plane * height + first) * width);
        }
      });
    }
  }

  /**
   * Runs the net band by band: see `BandSchedule`. Errors as for {@linkcode PlannedNet.run}.
   *
   * @param input Of `shape`, (1, planes, rows, columns).
   * @param condition (1): what the plan's shifts are told.
   * @param take Gets the bands of the output from top to bottom, (planes, rows, columns), and the first row of each; the values are
   *   good until it returns.
   * @returns Shape of the output.
   */
  runBands(
    input: Float32Array,
    shape: readonly number[],
    condition: Float32Array = new Float32Array(1),
    take: (band: Float32Array, firstRow: number, rows: number, columns: number) => void,
  ): number[] {
    const whole = this.outputShape(shape), [, , rows, columns] = shape;
    const { plan, memory } = this, { lags, outputLag } = this.#schedule;
    const rings = this.#ringsFor(rows, columns), present = rings.filter((ring) => ring !== undefined);
    const bandRows = bandRowsFor(this.#schedule, rows, columns), count = Math.ceil(rows / bandRows);
    const shown = outputPlanes(plan.output), kept = keptPlanes(plan.output), scale = this.#outputScale;
    const [from, to, work, ...addresses] = memory.workspace([
      4 * plan.planes * bandRows * columns,
      4 * shown * bandRows * columns * scale ** 2,
      this.workBytes,
      ...present.map(({ byteLength }) => byteLength),
    ]);
    present.forEach((ring, i) => ring.address = addresses[i]);
    const biases = plan.steps.map((step) =>
      step.kind === "convolution" ? biasOf(step, condition) : undefined
    );
    for (let tick = 0; tick < count + outputLag; tick++) {
      if (tick < count) this.#take(input, from, rows, columns, tick * bandRows, bandRows);
      for (const [i, step] of plan.steps.entries()) {
        const band = tick - lags[i], target = rings[step.target.index]!;
        if (band < 0 || band >= count) continue;
        const source = step.kind === "blocks" ? undefined : rings[step.source.index]!;
        this.#runStep(
          step,
          source?.place(band),
          target.place(band),
          from,
          work,
          biases[i],
          source?.rowAbove(band),
          source?.rowBelow(band),
        );
      }
      const band = tick - outputLag, first = band * bandRows, height = Math.min(rows - first, bandRows);
      if (band < 0) continue;
      this.show(to, rings.map((ring) => ring?.place(band)));
      const made = memory.floats(to, kept * height * columns * scale ** 2);
      take(made, first * scale, height * scale, columns * scale);
    }
    return whole;
  }

  /** A band of the output (3, rows, columns) from 0 to 1 → RGBA bytes, alpha 255, in the place of its first plane. */
  rgba8Of({ buffer, byteOffset, length }: Float32Array): Uint8Array {
    const places = length / 3;
    this.memory.exports.planesToRgba8(byteOffset, 4 * places, places);
    return new Uint8Array(buffer, byteOffset, 4 * places);
  }

  /** Copies a band of the input to an address, plane after plane. */
  #take(
    input: Float32Array,
    to: number,
    rows: number,
    columns: number,
    first: number,
    bandRows: number,
  ): void {
    const size = Math.min(rows - first, bandRows) * columns, { planes } = this.plan;
    const target = this.memory.floats(to, planes * size);
    for (let plane = 0; plane < planes; plane++) {
      const start = (plane * rows + first) * columns;
      target.set(input.subarray(start, start + size), plane * size);
    }
  }

  /** The bands of maps that are kept for an input of so many rows and columns. */
  #ringsFor(rows: number, columns: number): (MapRing | undefined)[] {
    const bandRows = bandRowsFor(this.#schedule, rows, columns);
    return this.plan.maps.map(({ index, channels, scale }) => {
      const window = this.#schedule.windows[index];
      if (!window) return undefined;
      const size = { channels, rows: rows * scale, columns: columns * scale };
      return new MapRing(size, bandRows * scale, window.lastLag - window.firstLag + 1);
    });
  }

  /** Bytes that a run over an input of so many rows and columns takes, besides the weights. */
  bytesFor(rows: number, columns: number): number {
    const maps = this.#ringsFor(rows, columns).map((ring) => ring?.byteLength ?? 0);
    return maps.reduce((sum, bytes) => sum + bytes, this.workBytes);
  }

  /** Bytes that convolutions work in. */
  get workBytes(): number {
    return Math.max(0, ...[...this.#convolutions.values()].map((one) => one.workBytes));
  }

  /**
   * Runs the steps.
   *
   * @param from Address of the input.
   * @param work Address of `workBytes` bytes.
   * @param places Of the maps, by their index.
   * @param before Called before each convolution.
   */
  runSteps(
    from: number,
    work: number,
    places: readonly PlacedMap[],
    condition: Float32Array,
    before: (step: ConvolutionStep) => void = () => {},
  ): void {
    for (const step of this.plan.steps) {
      const isConvolution = step.kind === "convolution";
      if (isConvolution) before(step);
      const bias = isConvolution ? biasOf(step, condition) : undefined;
      const source = step.kind === "blocks" ? undefined : places[step.source.index];
      this.#runStep(step, source, places[step.target.index], from, work, bias);
    }
  }

  /** Makes a band of a step's target, or all of it, from the band of its source; `above` and `below` as a convolution wants them. */
  #runStep(
    step: NetStep,
    source: PlacedMap | undefined,
    target: PlacedMap,
    from: number,
    work: number,
    bias: Float32Array | undefined,
    above?: number,
    below?: number,
  ): void {
    const { exports } = this.memory, { rows, columns, channels } = target;
    const at = firstPlaceOf(target), pitch = rowPitchOf(target);
    if (step.kind === "blocks") {
      exports.blocksToPlaces(from, this.plan.planes, at, pitch, rows, columns, step.factor, step.offset);
    } else if (step.kind === "convolution") {
      this.#convolutions.get(step)!.run(source!, target, work, bias!, above, below);
    } else {
      exports.spreadPlaces(
        firstPlaceOf(source!),
        rowPitchOf(source!),
        source!.rows,
        source!.columns,
        at,
        pitch,
        channels,
        Number(step.onto),
      );
    }
  }

  /** Puts the output to address `to`: of the maps, or of bands of them. */
  show(to: number, places: readonly (PlacedMap | undefined)[]): void {
    const { output } = this.plan, { parts, offset, low, high } = output;
    for (const [i, { source, factor }] of parts.entries()) {
      const map = places[source.index]!, isLast = i === parts.length - 1;
      this.memory.exports.placesToBlocks(
        firstPlaceOf(map),
        rowPitchOf(map),
        map.rows,
        map.columns,
        factor,
        to,
        outputPlanes(output),
        Number(i > 0),
        isLast ? offset : 0,
        isLast ? low : -Infinity,
        isLast ? high : Infinity,
      );
    }
  }
}

function biasOf({ bias, shift }: ConvolutionStep, condition: Float32Array): Float32Array {
  const shifts = shift?.(condition);
  return shifts ? bias.map((value, i) => value + shifts[i]) : bias;
}
