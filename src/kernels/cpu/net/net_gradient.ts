import { halfFloats } from "../../../core/half_floats.ts";
import {
  type ConvolutionStep,
  keptPlanes,
  type NetOutput,
  type NetPlan,
  outputPlanes,
  type SpreadStep,
} from "../../net_plan.ts";
import { Convolution, firstPlaceOf, mapBytes, type PlacedMap, rowPitchOf } from "./convolution.ts";
import type { DerivativeExports } from "./convolution_memory.ts";
import { CONVOLUTION_WASM } from "./convolution_wasm.ts";
import { NetLayout, slotsOf } from "./net_layout.ts";
import { type PlannedNet, plannedNet } from "./planned_net.ts";

const gradients = new WeakMap<NetPlan, NetGradient>();

/**
 * The derivative of a plan's net, its weights turned around in this thread's memory for nets since the first time;
 * `undefined` for nets with convolutions that have no rule: only those of 3 × 3 without strides have; and for nets that keep
 * only some of their planes.
 */
export function netGradient(plan: NetPlan): NetGradient | undefined {
  const derivable = keptPlanes(plan.output) === outputPlanes(plan.output) &&
    plan.steps.every((step) => step.kind !== "convolution" || (step.size === 3 && step.stride === 1));
  if (!derivable) return undefined;
  let gradient = gradients.get(plan);
  if (!gradient) gradients.set(plan, gradient = new NetGradient(plannedNet(plan)));
  return gradient;
}

/** Addresses that a convolution's derivative works with. */
interface Workplace {
  readonly work: number;
  /** Two maps, each with room for the largest source and a place around it. */
  readonly spare: readonly [number, number];
  /** Of each leaky ReLU's signs. */
  readonly signs: ReadonlyMap<ConvolutionStep, number>;
}

/** Derives a net by its input: reverse accumulation, after a run that remembers which values were negative. */
export class NetGradient {
  readonly #net: PlannedNet;
  readonly #exports: DerivativeExports;
  readonly #slots: readonly (number | undefined)[];
  readonly #turned: ReadonlyMap<ConvolutionStep, Convolution>;

  /** Turns the weights around. */
  constructor(net: PlannedNet) {
    this.#net = net;
    this.#exports = net.memory.exportsOf(CONVOLUTION_WASM);
    this.#slots = slotsOf(net.plan);
    this.#turned = new Map(
      convolutionsOf(net.plan).map((step) => [step, new Convolution(net.memory, turnedAround(step))]),
    );
  }

  /**
   * Derivatives of some number by a picture's input, from those by the net's output.
   *
   * Errors: `ArenaFullError` ("net-memory"), `InvalidValueError` ("net-shape").
   *
   * @param input Of `shape`, (1, planes, rows, columns).
   * @param condition What the plan's shifts are told.
   * @param byOutput Of the output's shape.
   * @returns Of the input's shape.
   */
  run(
    input: Float32Array,
    shape: readonly number[],
    condition: Float32Array,
    byOutput: Float32Array,
  ): Float32Array<ArrayBuffer> {
    const { plan, memory } = this.#net, [, , rows, columns] = shape;
    this.#net.outputShape(shape);
    const layout = new NetLayout(plan, this.#slots, rows, columns), { sizes } = layout;
    const leaky = convolutionsOf(plan).filter(({ slope }) => slope !== 1);
    const spareBytes = Math.max(
      ...convolutionsOf(plan).map(({ source, target }) =>
        Math.max(...[source, target].map(({ index }) => mapBytes(surrounded(sizes[index]))))
      ),
    );
    const turned = [...this.#turned.values()].map((one) => one.workBytes);
    const [from, to, by, byInput, work, spare, second, ...others] = memory.workspace([
      input.byteLength,
      byOutput.byteLength,
      byOutput.byteLength,
      input.byteLength,
      Math.max(this.#net.workBytes, ...turned),
      spareBytes,
      spareBytes,
      ...layout.slotBytes,
      ...layout.slotBytes,
      ...leaky.map(({ source }) => signBytes(sizes[source.index])),
    ]);
    const { length } = layout.slotBytes;
    const places = layout.places(others.slice(0, length));
    const signs = new Map(leaky.map((step, i) => [step, others[2 * length + i]]));
    memory.floats(from, input.length).set(input);
    this.#net.runSteps(from, work, places, condition, (step) => this.#remember(step, places, signs));
    this.#net.show(to, places);
    const output = memory.floats(to, byOutput.length);
    copyInsideBounds(byOutput, output, plan.output, memory.floats(by, byOutput.length));
    const derivatives = layout.places(others.slice(length, 2 * length));
    this.#accumulate(by, byInput, derivatives, { work, spare: [spare, second], signs });
    return memory.floats(byInput, input.length).slice();
  }

  #remember(
    step: ConvolutionStep,
    places: readonly PlacedMap[],
    signs: ReadonlyMap<ConvolutionStep, number>,
  ): void {
    const address = signs.get(step), source = places[step.source.index];
    if (address === undefined) return;
    const { rows, columns, channels } = source;
    this.#exports.saveSigns(
      firstPlaceOf(source),
      rowPitchOf(source),
      rows,
      columns,
      channels,
      address,
    );
  }

  /** From the derivatives by the output, at `by`, to those by the input, at `byInput`, through those by all maps. */
  #accumulate(by: number, byInput: number, maps: readonly PlacedMap[], workplace: Workplace): void {
    const exports = this.#exports, { plan } = this.#net, begun = new Set<number>();
    const planes = outputPlanes(plan.output);
    for (const { source, factor } of plan.output.parts) {
      const map = maps[source.index];
      exports.blocksToPlaces(
        by,
        planes,
        firstPlaceOf(map),
        rowPitchOf(map),
        map.rows,
        map.columns,
        factor,
        0,
      );
      begun.add(source.index);
    }
    let isInputBegun = false;
    for (const step of plan.steps.toReversed()) {
      if (step.kind === "blocks") {
        const map = maps[step.target.index];
        exports.placesToBlocks(
          firstPlaceOf(map),
          rowPitchOf(map),
          map.rows,
          map.columns,
          step.factor,
          byInput,
          plan.planes,
          Number(isInputBegun),
          0,
          -Infinity,
          Infinity,
        );
        isInputBegun = true;
      } else {
        const onto = begun.has(step.source.index);
        if (step.kind === "spread") this.#gather(step, maps, onto);
        else this.#convolve(step, maps, onto, workplace);
        begun.add(step.source.index);
      }
    }
  }

  #gather({ source, target }: SpreadStep, maps: readonly PlacedMap[], onto: boolean): void {
    const from = maps[target.index], to = maps[source.index];
    this.#exports.gatherPlaces(
      firstPlaceOf(from),
      rowPitchOf(from),
      to.rows,
      to.columns,
      firstPlaceOf(to),
      rowPitchOf(to),
      from.channels,
      Number(onto),
    );
  }

  /** A convolution with the weights turned around in space and between channels, back through the leaky ReLU. */
  #convolve(
    step: ConvolutionStep,
    maps: readonly PlacedMap[],
    onto: boolean,
    { work, spare: [spare, second], signs }: Workplace,
  ): void {
    const exports = this.#exports, from = maps[step.target.index], to = maps[step.source.index];
    const convolution = this.#turned.get(step)!, bias = new Float32Array(to.channels);
    const { rows, columns, channels } = to;
    let result: PlacedMap, first: number;
    if (step.edge) {
      const around = { ...surrounded(from), address: spare };
      exports.surround(
        firstPlaceOf(from),
        rowPitchOf(from),
        from.rows,
        from.columns,
        from.channels,
        firstPlaceOf(around),
        rowPitchOf(around),
      );
      result = { ...surrounded(to), address: second };
      convolution.run(around, result, work, bias);
      exports.foldEdges(firstPlaceOf(result), rowPitchOf(result), result.rows, result.columns, channels);
      first = firstPlaceOf(result) + rowPitchOf(result) + 4 * channels;
    } else {
      result = { ...to, address: spare };
      convolution.run(from, result, work, bias);
      first = firstPlaceOf(result);
    }
    exports.addBehindSigns(
      first,
      rowPitchOf(result),
      rows,
      columns,
      channels,
      signs.get(step) ?? 0,
      step.slope,
      firstPlaceOf(to),
      rowPitchOf(to),
      Number(onto),
    );
  }
}

function convolutionsOf({ steps }: NetPlan): ConvolutionStep[] {
  return steps.filter((step) => step.kind === "convolution");
}

function surrounded({ channels, rows, columns }: Omit<PlacedMap, "address">): Omit<PlacedMap, "address"> {
  return { channels, rows: rows + 2, columns: columns + 2 };
}

function signBytes({ channels, rows, columns }: Omit<PlacedMap, "address">): number {
  return rows * columns * channels / 4;
}

/** (outputs, inputs, 3, 3) → (inputs, outputs, 3, 3), each kernel from its end. */
function turnedAround(step: ConvolutionStep): ConstructorParameters<typeof Convolution>[1] {
  const weights = step.weights instanceof Uint16Array ? halfFloats(step.weights) : step.weights;
  const outputs = step.bias.length,
    inputs = weights.length / outputs / 9,
    turned = new Float32Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const tap = i % 9, input = Math.floor(i / 9) % inputs, output = Math.floor(i / 9 / inputs);
    turned[(input * outputs + output) * 9 + 8 - tap] = weights[i];
  }
  return {
    weights: turned,
    bias: new Float32Array(inputs),
    size: 3,
    stride: 1,
    slope: 1,
    edge: false,
    onto: false,
  };
}

/** Nothing comes back through a bound that holds. */
function copyInsideBounds(
  by: Float32Array,
  output: Float32Array,
  { low, high }: NetOutput,
  target: Float32Array,
): void {
  for (let i = 0; i < by.length; i++) target[i] = output[i] > low && output[i] < high ? by[i] : 0;
}
