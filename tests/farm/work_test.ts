import { assert, assertEquals, assertMatch } from "@std/assert";
import { decompress, inspect } from "../../mod.ts";
import { freePort } from "../../scripts/nats_server.ts";
import { linesOf } from "../../src/farm/lines.ts";
import { prometheusText } from "../../src/farm/prometheus.ts";
import { WorkerCounts } from "../../src/farm/worker_counts.ts";
import { farmAt, runFarm, textOf, until, withQueue, withServer, writePicture } from "./farm_cli.ts";

/** So long that a test would notice waiting for it. */
const ACK_WAIT_SECONDS = 3600;

withServer(
  "SIGTERM: a worker finishes what runs, hands it back after its grace, or at once when asked again",
  async (server, folder) => {
    await Deno.mkdir(`${folder}/in`);
    await writePicture(`${folder}/in/a.png`, 1200, 900);
    const options = [
      "-q",
      "50",
      "--model",
      "vaerans-8",
      "--effort",
      "9",
      "--ack-wait",
      String(ACK_WAIT_SECONDS),
    ];
    await runFarm(server, "submit", `${folder}/in`, "-d", `${folder}/out`, ...options);
    const began = Date.now();
    await withQueue(server.url, async (queue) => {
      const endOf = async (deliveries: number, signals: number, ...args: string[]) => {
        const child = farmAt(server.url, ["work", "-j", "1", ...args]).spawn();
        const end = child.output();
        await until(async () => (await queue.deliveries()) >= deliveries, "the job is handed out");
        for (let i = 0; i < signals; i++) {
          child.kill("SIGTERM");
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return textOf(await end);
      };
      for (const ending of [await endOf(1, 2, "--grace", "3600"), await endOf(2, 1, "--grace", "1")]) {
        assertEquals(ending.code, 0, ending.err);
        assertMatch(ending.out, /^0 done, 0 failed/);
        assertEquals(await queue.isEmpty(), false);
        assertEquals([...Deno.readDirSync(`${folder}/out`)], []);
      }
      const last = await endOf(3, 1, "--grace", "3600");
      assertEquals(last.code, 0, last.err);
      assertMatch(last.out, /^1 done, 0 failed/);
      assertEquals(await queue.isEmpty(), true);
    });
    assertEquals(inspect(await Deno.readFile(`${folder}/out/a.vaer`)).width, 1200);
    assert(Date.now() - began < 1000 * ACK_WAIT_SECONDS);
  },
);

withServer(
  "status --watch tells of waiting, running, done, rate, time left, bytes saved and workers; --metrics of the worker",
  async (server, folder) => {
    await Deno.mkdir(`${folder}/in`);
    const count = 4;
    for (let i = 0; i < count; i++) await writePicture(`${folder}/in/${i}.png`, 200, 100 + i);
    await Deno.writeTextFile(`${folder}/in/poison.png`, "no picture");
    const watcher = farmAt(server.url, ["status", "--watch", "--json"]).spawn();
    const port = freePort();
    await runFarm(server, "submit", `${folder}/in`, "-d", `${folder}/out`, "-q", "20");
    const worker = farmAt(server.url, ["work", "-j", "1", "--metrics", `:${port}`, "--quiet"]).spawn();
    const end = worker.output();
    const text = () => fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
    await until(
      async () => /_failed_total\{worker="\w+"\} 1\n/.test(await text()),
      "the poison is found out",
    );
    await until(async () => /_done_total\{worker="\w+"\} 4\n/.test(await text()), "all is done");
    assertMatch(await text(), /# TYPE vaerans_lanes gauge\nvaerans_lanes\{worker="\w+"\} 1\n/);

    const lines: Record<string, unknown>[] = [];
    for await (const line of linesOf(watcher.stdout)) {
      lines.push(JSON.parse(line));
      const { done, failed, rate } = lines.at(-1)!;
      if (done === count && failed === 1 && Number(rate) > 0) break;
    }
    watcher.kill("SIGTERM");
    await Promise.all([watcher.status, watcher.stderr.cancel()]);
    const last = lines.at(-1)!;
    assertEquals([last.waiting, last.running, last.etaSeconds], [0, 0, 0]);
    assert(Number(last.bytesSaved) > 0);
    const [{ id, lanes, running }] = last.workers as { id: string; lanes: number; running: boolean }[];
    assertEquals([id.length, lanes, running], [8, 1, true]);
    assert(lines.length > 1);
    worker.kill("SIGTERM");
    assertEquals((await end).code, 0);
    assertMatch(
      (await runFarm(server, "status")).out,
      /^0 waiting, 0 running, 4 done, 1 failed;.* saved; 0 workers\n/,
    );
    assertEquals((await decompress(await Deno.readFile(`${folder}/out/3.vaer`))).height, 103);
  },
);

Deno.test("a worker's counts are told in Prometheus' format", () => {
  const counts = new WorkerCounts();
  counts.count();
  counts.failed++;
  const text = prometheusText(counts.report(2, true));
  assertMatch(text, /# TYPE vaerans_jobs_done_total counter\nvaerans_jobs_done_total\{worker="\w+"\} 1\n/);
  assertMatch(text, /vaerans_jobs_failed_total\{worker="\w+"\} 1\n/);
});
