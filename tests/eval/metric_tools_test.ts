import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { probePicture } from "../../src/eval/measure.ts";
import { availableMetrics, type Metric, METRICS, MetricTools } from "../../src/eval/metrics/mod.ts";
import { withFolder } from "../with_folder.ts";

const DENO = `"${Deno.execPath()}" eval --quiet`;
const WITH_TOOLS = METRICS.filter(({ tool }) => tool !== undefined);

function metric(measure: Metric["measure"]): Metric {
  return { ...WITH_TOOLS[0], id: "trial", label: "Trial", tool: { install: "Install trial." }, measure };
}

async function outcome(command: string | undefined, trial: Metric): Promise<string | number> {
  let result: string | number = "";
  await withFolder(async (folder) => {
    const tools = new MetricTools({ commands: command === undefined ? {} : { trial: command }, folder });
    try {
      result = await trial.measure(probePicture(), probePicture(), tools);
    } catch (error) {
      result = (error as Error).message;
    } finally {
      await tools.close();
    }
    assertEquals([...Deno.readDirSync(folder)], []); // nothing is left behind
  });
  return result;
}

Deno.test("a metric's program that runs once per pair fails with its last line of complaint", async () => {
  const once = metric(async function (this: Metric, source, decoded, tools) {
    return Number(await tools.run(this, source, decoded));
  });
  assertEquals(await outcome(`${DENO} console.log(Deno.args.length)`, once), 2);
  assertMatch(
    String(await outcome(`${DENO} "console.error('a\\nno display'); Deno.exit(3)"`, once)),
    /^Cannot measure Trial: .* \(got exit code 3: no display\)/,
  );
  assertMatch(
    String(await outcome(undefined, once)),
    /--trial must name a command \(got none\)\. Install trial\./,
  );
  assertMatch(String(await outcome("/nowhere/at/all", once)), /nowhere/);
});

Deno.test("a long-lived program that ends, errs or answers nonsense fails one measurement, not the next", async () => {
  const ask = metric(async function (this: Metric, source, decoded, tools) {
    return Number((await tools.ask(this, source, decoded)).value);
  });
  const answering = (answer: string) =>
    `${DENO} "for await (const _ of Deno.stdin.readable) console.log(${answer.replaceAll('"', "'")})"`;
  assertEquals(await outcome(answering("JSON.stringify({ value: 7 })"), ask), 7);
  assertMatch(String(await outcome(answering("'hello'"), ask)), /must answer one JSON object \(got hello\)/);
  assertMatch(String(await outcome(answering("JSON.stringify([1])"), ask)), /one JSON object/);
  assertMatch(
    String(await outcome(answering("JSON.stringify({ error: 'too small' })"), ask)),
    /got too small/,
  );
  assertMatch(
    String(await outcome(`${DENO} "console.error('no torch')"`, ask)),
    /its program must answer .*no torch/,
  );

  await withFolder(async (folder) => {
    const code =
      `const flag = '${folder}/flag'; try { Deno.statSync(flag) } catch { Deno.writeTextFileSync(flag, ''); Deno.exit(1) }` +
      " for await (const _ of Deno.stdin.readable) console.log(JSON.stringify({ value: 7 }))";
    const tools = new MetricTools({ commands: { trial: `${DENO} "${code}"` }, folder });
    const picture = probePicture();
    await assertRejects(
      async () => await ask.measure(picture, picture, tools),
      Error,
      "its program must answer",
    );
    assertEquals([await ask.measure(picture, picture, tools), await ask.measure(picture, picture, tools)], [
      7,
      7,
    ]);
    await tools.close();
  });
});

Deno.test("availableMetrics() leaves out metrics without their program, in one line with the remedy", async () => {
  await withFolder(async (folder) => {
    const commands = Object.fromEntries(WITH_TOOLS.map(({ id }) => [id, `${folder}/missing`]));
    const tools = new MetricTools({ commands, folder });
    const { available, missing } = await availableMetrics(METRICS, tools, probePicture());
    await tools.close();
    assertEquals(available, METRICS.filter(({ tool }) => !tool));
    assertEquals(missing.map((each) => each.metric), WITH_TOOLS);
    for (const { metric, reason } of missing) {
      assertEquals(reason.includes("\n"), false);
      assertEquals(reason.endsWith(metric.tool!.install), true, reason);
    }
  });
});
