import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { compress, decompress, inspect, type ProgressReport } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";

const picture = syntheticPicture(200, 130);
const reason = new Error("changed my mind");

/** Aborts after so many steps have ended. */
function abortAfter(steps: number) {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onStep: () => {
      if (--steps === 0) controller.abort(reason);
    },
  };
}

Deno.test("compress() and decompress() stop at every stage with the signal's reason", async () => {
  const bytes = await compress(picture, { tileSide: 128, effort: 1 });
  for (let steps = 0; steps < 5; steps++) {
    const stopped = steps === 0 ? { signal: AbortSignal.abort(reason) } : abortAfter(steps);
    const error = await assertRejects(() => compress(picture, { ...stopped, effort: 1 }));
    assertEquals(error, reason);
    const again = steps === 0 ? { signal: AbortSignal.abort(reason) } : abortAfter(steps);
    assertEquals(await assertRejects(() => decompress(bytes, again)), reason);
  }
});

Deno.test("inspect() refuses with the reason of an aborted signal, bytes at once and other sources by a rejection", async () => {
  const bytes = await compress(picture, { effort: 1 }), signal = AbortSignal.abort(reason);
  assertEquals(assertThrows(() => inspect(bytes, { signal })), reason);
  for (const source of [new Blob([bytes]), bytes.buffer]) {
    assertEquals(await assertRejects(() => Promise.resolve(inspect(source, { signal }))), reason);
  }
});

Deno.test("searches and verification stop too", async () => {
  for (
    const [target, stage, count] of [[{ bytes: 700 }, "encode", 4], [{ psnr: 25 }, "encode", 6], [
      { lossless: true },
      "verify",
      1,
    ]] as const
  ) {
    const controller = new AbortController();
    let reports = 0;
    const onProgress = (report: ProgressReport) => {
      if (report.stage === stage && ++reports === count) controller.abort(reason);
    };
    const { signal } = controller;
    assertEquals(await assertRejects(() => compress(picture, { ...target, signal, onProgress })), reason);
  }
});

Deno.test("a timer can abort, since work lets the event loop turn", async () => {
  const signal = AbortSignal.timeout(1);
  const error = await assertRejects(() => compress(picture, { tileSide: 64, lossless: true, signal }));
  assertEquals((error as Error).name, "TimeoutError");
});

Deno.test("progress rises from 0 to 1 in each stage", async () => {
  const reports: ProgressReport[] = [];
  const onProgress = (report: ProgressReport) => reports.push(report);
  const bytes = await compress(picture, { lossless: true, tileSide: 64, onProgress });
  await decompress(bytes, { onProgress });
  const stages = [...new Set(reports.map(({ stage }) => stage))];
  assertEquals(stages, ["encode", "verify", "decode"]);
  for (const stage of stages) {
    const fractions = reports.filter((report) => report.stage === stage).map(({ fraction }) => fraction);
    assertEquals([fractions[0], fractions.at(-1)], [0, 1]);
    assertEquals(fractions.every((fraction, i) => i === 0 || fraction >= fractions[i - 1]), true);
    assertEquals(fractions.length > 5, true);
  }
});
