import { InvalidValueError } from "../../../core/mod.ts";
import { type ConvolutionStep, keptPlanes, type NetPlan, outputPlanes } from "../../net_plan.ts";
import { Convolution, firstPlaceOf, type PlacedMap, rowPitchOf } from "./convolution.ts";
import { ConvolutionMemory } from "./convolution_memory.ts";
import { NetLayout, slotsOf } from "./net_layout.ts";

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
  /** Where maps that are not needed at the same time share their memory. */
  readonly slots: readonly (number | undefined)[];
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
    this.slots = slotsOf(plan);
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
    const [count, , rows, columns] = shape;
    const part = (all: Float32Array, i: number) =>
      all.subarray(all.length / count * i, all.length / count * (i + 1));
    for (let i = 0; i < count; i++) {
      this.#runOne(part(input, i), rows, columns, conditions.subarray(i, i + 1), part(output, i));
    }
  }

  #runOne(
    input: Float32Array,
    rows: number,
    columns: number,
    condition: Float32Array,
    output: Float32Array,
  ): void {
    const layout = new NetLayout(this.plan, this.slots, rows, columns);
    const { output: planned } = this.plan;
    const [from, to, work, ...slots] = this.memory.workspace([
      input.byteLength,
      output.byteLength / keptPlanes(planned) * outputPlanes(planned),
      this.workBytes,
      ...layout.slotBytes,
    ]);
    this.memory.floats(from, input.length).set(input);
    const places = layout.places(slots);
    this.runSteps(from, work, places, condition);
    this.show(to, places);
    output.set(this.memory.floats(to, output.length));
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
    const { exports } = this.memory;
    for (const step of this.plan.steps) {
      const target = places[step.target.index], at = firstPlaceOf(target), pitch = rowPitchOf(target);
      const { rows, columns, channels } = target;
      if (step.kind === "blocks") {
        exports.blocksToPlaces(from, this.plan.planes, at, pitch, rows, columns, step.factor, step.offset);
      } else if (step.kind === "spread") {
        const source = places[step.source.index];
        exports.spreadPlaces(
          firstPlaceOf(source),
          rowPitchOf(source),
          source.rows,
          source.columns,
          at,
          pitch,
          channels,
          Number(step.onto),
        );
      } else {
        before(step);
        const shift = step.shift?.(condition);
        const bias = shift ? step.bias.map((value, i) => value + shift[i]) : step.bias;
        this.#convolutions.get(step)!.run(places[step.source.index], target, work, bias);
      }
    }
  }

  /** Puts the output to address `to`. */
  show(to: number, places: readonly PlacedMap[]): void {
    const { output } = this.plan, { parts, offset, low, high } = output;
    for (const [i, { source, factor }] of parts.entries()) {
      const map = places[source.index], isLast = i === parts.length - 1;
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
