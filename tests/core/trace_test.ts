import { assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { World } from "../../mod.ts";
import { ANSEncode, ColourYCC, MetricPSNR, QuantizeU8, WaveletHaar } from "../../src/systems/mod.ts";
import { chromeTrace, Context, type TraceRecord, traceTable } from "../../src/core/mod.ts";
import { ReconRGB, YCC3 } from "../../src/components/mod.ts";

const picture = (width: number, height: number) => ({
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => 3 * i),
  width,
  height,
});

async function tracedWorld(): Promise<World> {
  const world = new World({ arenaBytes: 2 ** 22, trace: { entropy: true } });
  await world.pipe([world.spawnImage(picture(8, 4)), world.spawnImage(picture(6, 6))]).through(
    new ColourYCC("forward", { bound: 0 }),
    new WaveletHaar("forward", { levels: 1, planes: YCC3 }),
    new QuantizeU8("forward"),
    new ANSEncode({ model: "subband" }),
  ).run();
  return world;
}

Deno.test("a trace tells each step's tensors, bytes and times", async () => {
  const { trace: { records } } = await tracedWorld();
  assertEquals(records.map(({ step }) => step), [
    "ColourYCC(forward)",
    "WaveletHaar(forward)",
    "QuantizeU8(forward)",
    "ANSEncode(encode)",
  ]);
  const [colour, , quantise] = records;
  assertEquals(colour.tensors, [
    { entity: 1, component: "YCC3", field: "values", shape: [3, 4, 8], dtype: "i32", byteLength: 384 },
    { entity: 2, component: "YCC3", field: "values", shape: [3, 6, 6], dtype: "i32", byteLength: 432 },
  ]);
  assertEquals(colour.byteLength, 816);
  assertEquals(quantise.tensors.map(({ component, field }) => `${component}.${field}`), [
    "QuantizedPyr.coefficients",
    "QuantizedPyr.coefficients",
  ]);
  let end = 0;
  for (const { startMilliseconds, milliseconds } of records) {
    assertEquals(startMilliseconds >= end && milliseconds >= 0, true);
    end = startMilliseconds + milliseconds;
  }
});

Deno.test("the entropy of a step is that of its integers, and only when asked for", async () => {
  const world = new World({ arenaBytes: 2 ** 20, trace: { entropy: true } });
  const data = new Uint8ClampedArray(64).map((_, i) => i % 8 < 4 ? 10 : 20); // two greys, in turn
  const entity = world.spawnImage({ data, width: 4, height: 4 });
  await world.pipe(entity).to(new ColourYCC("forward", { bound: 0 })).run();
  assertAlmostEquals(world.trace.records[0].entropyBits!, 48 * entropy([8, 8, 32]), 1e-9);
  await world.pipe(entity).to(new ColourYCC("forward")).run();
  assertEquals(world.trace.records[1].entropyBits, undefined); // floats
  const silent = new World({ arenaBytes: 2 ** 20 });
  await silent.pipe(silent.spawnImage(picture(2, 2))).to(new ColourYCC("forward", { bound: 0 })).run();
  assertEquals(silent.trace.records[0].entropyBits, undefined);
});

function entropy(counts: number[]): number {
  const total = counts.reduce((a, b) => a + b);
  return counts.reduce((sum, count) => sum - count / total * Math.log2(count / total), 0);
}

Deno.test("traceTable() lines up steps, outputs, bytes and times", async () => {
  const { trace: { records } } = await tracedWorld();
  const lines = traceTable(records).split("\n");
  assertEquals(lines.length, records.length + 2);
  assertMatch(lines[0], /^step +n +output +bytes +ms +% +entropy, bytes$/);
  assertMatch(lines[1], /^ColourYCC\(forward\) +2 +YCC3 i32 3×4×8 +816 +[\d.]+ +[\d.]+ +\d+$/);
  assertMatch(lines[5], /^total +[\d.]+$/);
  assertEquals(lines[0].indexOf("output"), lines[1].indexOf("YCC3"));
  assertMatch(traceTable([]), /^step .*\ntotal +0\.00$/);
});

Deno.test("a step that fails is recorded with what it threw", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = world.spawnImage(picture(2, 2));
  const small = world.arena.allocate([1, 1, 3], "f32");
  const pipe = world.pipe(world.add(entity, new ReconRGB(small))).to(new MetricPSNR());
  await assertRejects(() => pipe.run());
  const [record] = world.trace.records;
  assertMatch(record.error ?? "", /pictures of entity 1/);
  assertEquals(record.tensors, []);
  assertMatch(traceTable(world.trace.records), /MetricPSNR\(measure\) +1 +failed/);
});

Deno.test("chromeTrace() gives complete events in microseconds, the GPU's in rows of their own", async () => {
  const { trace: { records } } = await tracedWorld();
  const onGpu: TraceRecord = { ...records[0], gpuMilliseconds: 0.5 };
  const { traceEvents } = JSON.parse(chromeTrace([onGpu, ...records.slice(1)]));
  assertEquals(traceEvents.length, 5);
  assertEquals(traceEvents[0].name, "ColourYCC(forward)");
  assertEquals(traceEvents[0].ts, 1000 * records[0].startMilliseconds);
  assertEquals(traceEvents[0].dur, 1000 * records[0].milliseconds);
  assertEquals([traceEvents[1].dur, traceEvents[1].pid], [500, 2]);
  for (const event of traceEvents) assertEquals([event.ph, event.tid, typeof event.ts], ["X", 1, "number"]);
  assertMatch(traceTable([onGpu]), /GPU ms.*\n.* 0\.50 /);
});

Deno.test("chromeTrace() puts steps that ran at the same time in rows of their own", async () => {
  const { trace: { records: [step] } } = await tracedWorld();
  const times = [[0, 10], [4, 10], [5, 1], [6, 3], [10, 5], [14, 1]]; // begin and duration
  const records = times.map(([startMilliseconds, milliseconds]) => ({
    ...step,
    startMilliseconds,
    milliseconds,
  }));
  const { traceEvents } = JSON.parse(chromeTrace(records.toReversed()));
  assertEquals(traceEvents.map(({ ts, tid }: { ts: number; tid: number }) => [ts / 1000, tid]), [
    [0, 1],
    [4, 2],
    [5, 3],
    [6, 3],
    [10, 1],
    [14, 2],
  ]);
});

Deno.test("a context tells device, float type and seed, and repeats its numbers", () => {
  const world = new World({ arenaBytes: 2 ** 20, seed: 7 });
  assertEquals([world.context.device, world.context.dtype, world.context.seed], ["cpu", "f32", 7]);
  const first = Array.from({ length: 1000 }, () => world.context.random());
  const again = new Context({ seed: 7 }), other = new Context({ seed: 8 });
  assertEquals(first, Array.from({ length: 1000 }, () => again.random()));
  assertEquals(first[0] === other.random(), false);
  assertEquals(first.every((value) => value >= 0 && value < 1), true);
  assertAlmostEquals(first.reduce((a, b) => a + b) / 1000, 0.5, 0.03);
  assertEquals(new Set(first).size, 1000);
});
