import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../../mod.ts";
import { ArenaFullError } from "../../../src/core/mod.ts";
import { halfFloats } from "../../../src/core/half_floats.ts";
import { ConvolutionMemory } from "../../../src/kernels/cpu/net/convolution_memory.ts";
import { plannedNet } from "../../../src/kernels/cpu/net/planned_net.ts";
import { NetLayout, slotsOf } from "../../../src/kernels/cpu/net/net_layout.ts";
import { loadModel } from "../../../src/models/load.ts";
import type { ConvolutionStep, NetMap, NetPlan, NetStep } from "../../../src/kernels/net_plan.ts";
import { randomFloats } from "../../random.ts";

/** (channels, rows, columns), as the input and the output of a net. */
interface Planes {
  readonly values: Float32Array;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

function randomPlanes(channels: number, rows: number, columns: number, seed: number): Planes {
  return { values: randomFloats(channels * rows * columns, 1, seed), channels, rows, columns };
}

/** A convolution as it is defined, in double precision. */
function convolved(source: Planes, step: Omit<ConvolutionStep, "kind" | "source" | "target">): Planes {
  const { size, stride, edge, slope, weights, bias } = step, outputs = bias.length;
  const rows = Math.ceil(source.rows / stride), columns = Math.ceil(source.columns / stride), pad = size >> 1;
  const at = (channel: number, y: number, x: number) => {
    const row = edge ? clamp(y, source.rows) : y, column = edge ? clamp(x, source.columns) : x;
    if (row < 0 || row >= source.rows || column < 0 || column >= source.columns) return 0;
    const value = source.values[(channel * source.rows + row) * source.columns + column];
    return value < 0 ? slope * value : value;
  };
  const values = new Float32Array(outputs * rows * columns);
  for (let i = 0; i < values.length; i++) {
    const x = i % columns, y = Math.floor(i / columns) % rows, output = Math.floor(i / columns / rows);
    let sum = bias[output];
    for (let input = 0; input < source.channels; input++) {
      for (let tap = 0; tap < size ** 2; tap++) {
        const row = y * stride + Math.floor(tap / size) - pad, column = x * stride + tap % size - pad;
        sum += weights[(output * source.channels + input) * size ** 2 + tap] * at(input, row, column);
      }
    }
    values[i] = sum;
  }
  return { values, channels: outputs, rows, columns };
}

function clamp(place: number, count: number): number {
  return Math.min(Math.max(place, 0), count - 1);
}

function mapOf(index: number, channels: number, scale = 1): NetMap {
  return { index, channels, scale };
}

/** The input's planes as map 0, more steps, and a map as the output. */
function planOf(planes: number, maps: readonly NetMap[], steps: readonly NetStep[], shown: NetMap): NetPlan {
  const first: NetStep = { kind: "blocks", target: maps[0], factor: 1, offset: 0 };
  return {
    planes,
    maps,
    steps: [first, ...steps],
    output: { parts: [{ source: shown, factor: 1 }], offset: 0, low: -Infinity, high: Infinity },
  };
}

function run(plan: NetPlan, { values, channels, rows, columns }: Planes, conditions?: Float32Array): Planes {
  const net = plannedNet(plan),
    shape = [1, channels, rows, columns],
    [, outputs, ...sides] = net.outputShape(shape);
  const output = new Float32Array(outputs * sides[0] * sides[1]);
  net.run(values, shape, conditions, output);
  return { values: output, channels: outputs, rows: sides[0], columns: sides[1] };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

function randomConvolution(
  inputs: number,
  outputs: number,
  options: Partial<ConvolutionStep>,
): Omit<ConvolutionStep, "kind" | "source" | "target"> {
  const size = options.size ?? 3;
  return {
    slope: 1,
    edge: false,
    size,
    stride: 1,
    onto: false,
    weights: randomFloats(outputs * inputs * size ** 2, 1 / Math.sqrt(inputs * size ** 2), 7),
    bias: randomFloats(outputs, 1, 8),
    ...options,
  };
}

const KINDS: readonly Partial<ConvolutionStep>[] = [
  {},
  { edge: true },
  { slope: 0.1 },
  { slope: 0, edge: true },
  { stride: 2 },
  { size: 1 },
  { size: 1, slope: 0.3 },
];

Deno.test("convolutions of all kinds are what they are defined as, at any size", () => {
  for (const [rows, columns] of [[1, 1], [1, 9], [7, 2], [4, 4], [5, 13], [18, 31]]) {
    for (const kind of KINDS) {
      for (const [inputs, outputs] of [[4, 12], [20, 4], [8, 40]]) {
        const stride = kind.stride ?? 1, [evenRows, evenColumns] = [rows * stride, columns * stride];
        const source = randomPlanes(inputs, evenRows, evenColumns, 1 + rows);
        const step = randomConvolution(inputs, outputs, kind);
        const maps = [mapOf(0, inputs), mapOf(1, outputs, 1 / stride)];
        const plan = planOf(inputs, maps, [{
          kind: "convolution",
          source: maps[0],
          target: maps[1],
          ...step,
        }], maps[1]);
        const difference = largestDifference(run(plan, source).values, convolved(source, step).values);
        assertLess(
          difference,
          2e-5,
          `${rows} × ${columns}, ${inputs} to ${outputs}, ${JSON.stringify(kind)}`,
        );
      }
    }
  }
});

Deno.test("weights of 16 bits do what the same values of 32 bits do, to the bit", () => {
  for (const kind of KINDS) {
    const step = randomConvolution(8, 12, kind), stride = kind.stride ?? 1;
    // Every exponent, both signs, and values that have no leading one.
    const halves = Uint16Array.from(step.weights, (_, i) => (i * 40_503) & 0xbbff | i & 0x3ff);
    const maps = [mapOf(0, 8), mapOf(1, 12, 1 / stride)], source = randomPlanes(8, 10, 6, 5);
    const [ofHalves, ofFloats] = [halves, halfFloats(halves)].map((weights) =>
      run(
        planOf(
          8,
          maps,
          [{ kind: "convolution", source: maps[0], target: maps[1], ...step, weights }],
          maps[1],
        ),
        source,
      ).values
    );
    assertEquals(ofHalves, ofFloats, JSON.stringify(kind));
  }
});

Deno.test("a wide convolution over many tiles, more than are worked on at once, is what it is defined as", () => {
  const source = randomPlanes(96, 40, 52, 3), step = randomConvolution(96, 96, { slope: 0.1 });
  const maps = [mapOf(0, 96), mapOf(1, 96)];
  const plan = planOf(
    96,
    maps,
    [{ kind: "convolution", source: maps[0], target: maps[1], ...step }],
    maps[1],
  );
  assertLess(largestDifference(run(plan, source).values, convolved(source, step).values), 2e-5);
});

Deno.test("a residual block adds onto what it began with, shifted as it is told", () => {
  const source = randomPlanes(8, 11, 6, 4),
    [first, second] = [
      randomConvolution(8, 8, { slope: 0.1 }),
      randomConvolution(8, 8, { slope: 0.1, onto: true, weights: randomFloats(8 * 8 * 9, 0.1, 9) }),
    ];
  const shift = ([told]: Float32Array) => new Float32Array(8).fill(told);
  const maps = [mapOf(0, 8), mapOf(1, 8)];
  const plan = planOf(8, maps, [
    { kind: "convolution", source: maps[0], target: maps[1], ...first, shift },
    { kind: "convolution", source: maps[1], target: maps[0], ...second },
  ], maps[0]);
  const hidden = convolved(source, { ...first, bias: first.bias.map((value) => value + 3) });
  const expected = convolved(hidden, second).values.map((value, i) => value + source.values[i]);
  assertLess(largestDifference(run(plan, source, Float32Array.of(3)).values, expected), 2e-5);
});

Deno.test("planes become blocks of channels and planes again, an offset and bounds in between", () => {
  for (const factor of [2, 4, 8]) {
    const source = randomPlanes(4, 2 * factor, 3 * factor, factor),
      map = mapOf(0, 4 * factor ** 2, 1 / factor);
    const part = { source: map, factor };
    const plan: NetPlan = {
      planes: 4,
      maps: [map],
      steps: [{ kind: "blocks", target: map, factor, offset: 0.5 }],
      output: { parts: [part, part], offset: -1, low: -0.5, high: 0.75 },
    };
    const expected = source.values.map((value) =>
      Math.min(Math.max(Math.fround(2 * Math.fround(value + 0.5) - 1), -0.5), 0.75)
    );
    assertEquals(run(plan, source).values, expected);
  }
});

Deno.test("channels spread to places, as a pixel shuffle has them", () => {
  const source = randomPlanes(16, 3, 5, 2), maps = [mapOf(0, 16), mapOf(1, 4, 2)];
  const spread: NetStep = { kind: "spread", source: maps[0], target: maps[1], onto: false };
  const once = run(planOf(16, maps, [spread], maps[1]), source);
  assertEquals([once.channels, once.rows, once.columns], [4, 6, 10]);
  const expected = once.values.map((_, i) => {
    const x = i % 10, y = Math.floor(i / 10) % 6, channel = Math.floor(i / 60);
    const from = 4 * channel + 2 * (y % 2) + x % 2;
    return source.values[(from * 3 + (y >> 1)) * 5 + (x >> 1)];
  });
  assertEquals(once.values, expected);
  const twice = planOf(16, maps, [spread, { ...spread, onto: true }], maps[1]);
  assertEquals(run(twice, source).values, expected.map((value) => 2 * value));
});

Deno.test("maps of one size share memory unless both are needed", () => {
  const maps = [0, 1, 2, 3].map((index) => mapOf(index, 4));
  const through = (from: number, to: number): NetStep => ({
    kind: "convolution",
    source: maps[from],
    target: maps[to],
    ...randomConvolution(4, 4, {}),
  });
  assertEquals(slotsOf(planOf(4, maps, [through(0, 1), through(1, 3)], maps[3])), [0, 1, undefined, 0]);
  const another = [...maps.slice(0, 3), mapOf(3, 4, 1 / 2)];
  assertEquals(slotsOf(planOf(4, another, [through(0, 1)], maps[1])), [0, 1, undefined, undefined]);
});

Deno.test("a net of many rows takes the memory of some, and gives the same bits as over all rows at once", async () => {
  for (const [name, net] of [["vaerans-4", "encoder"], ["vaerans-8", "decoder"]] as const) {
    const model = await loadModel(name), plan = (await model.planOf(net))!, planned = plannedNet(plan);
    const unit = net === "encoder" ? 8 : 1, rows = 21 * unit, columns = 129 * unit;
    const source = randomPlanes(plan.planes, rows, columns, 9), conditions = Float32Array.of(0.5);
    const layout = new NetLayout(plan, slotsOf(plan), rows, columns);
    const shape = planned.outputShape([1, plan.planes, rows, columns]), size = shape[1] * shape[2] * shape[3];
    const [from, to, work, ...slots] = planned.memory.workspace([
      source.values.byteLength,
      4 * size,
      planned.workBytes,
      ...layout.slotBytes,
    ]);
    planned.memory.floats(from, source.values.length).set(source.values);
    planned.runSteps(from, work, layout.places(slots), conditions);
    planned.show(to, layout.places(slots));
    const whole = planned.memory.floats(to, size).slice();
    assertEquals(run(plan, source, conditions).values, whole);
    assertEquals(planned.bytesFor(300 * unit, columns), planned.bytesFor(600 * unit, columns));
  }
});

Deno.test("a net gives the same bits whatever its memory held", () => {
  const maps = [mapOf(0, 8), mapOf(1, 8), mapOf(2, 12, 1 / 2)];
  const [first, halving] = [randomConvolution(8, 8, { slope: 0.1 }), randomConvolution(8, 12, { stride: 2 })];
  const plan = planOf(8, maps, [
    { kind: "convolution", source: maps[0], target: maps[1], ...first },
    { kind: "convolution", source: maps[1], target: maps[2], ...halving },
  ], maps[2]);
  const source = randomPlanes(8, 6, 10, 5), before = run(plan, source).values;
  run(plan, { ...randomPlanes(8, 50, 50, 6), values: new Float32Array(8 * 50 * 50).fill(NaN) });
  assertEquals(run(plan, source).values, before);
});

Deno.test("a shape that a net cannot halve is refused by its numbers", () => {
  const maps = [mapOf(0, 4), mapOf(1, 4, 1 / 2)];
  const halving = { ...randomConvolution(4, 4, { stride: 2 }), kind: "convolution" } as const;
  const net = plannedNet(planOf(4, maps, [{ ...halving, source: maps[0], target: maps[1] }], maps[1]));
  assertEquals(net.outputShape([3, 4, 6, 8]), [3, 4, 3, 4]);
  for (const shape of [[1, 4, 5, 8], [1, 4, 6, 7], [1, 3, 6, 8]]) {
    const error = assertThrows(() => net.outputShape(shape), InvalidValueError, shape.join(", "));
    assertEquals(error.code, "net-shape");
  }
});

Deno.test("a picture too large for any memory says so", () => {
  const error = assertThrows(() => ConvolutionMemory.shared().workspace([2 ** 33]), ArenaFullError);
  assertEquals(error.code, "net-memory");
});
