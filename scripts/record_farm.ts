/**
 * Measures the farm on this machine, with a NATS server of its own, and records it in `bench/results/`:
 *
 * - `pictures [ROUNDS]`, in `farm_pictures.tsv`: throughput of two one-job workers against one's, and the queue's own cost
 *   against the same pictures without it. Wants two cores on which nothing else runs.
 * - `trivial [JOBS]`, in `farm_trivial.tsv`: rates and memory with jobs that need no work.
 *
 *     deno task farm-record pictures 3
 *     deno task farm-record trivial 100000
 *
 * @module
 */
import { encodePng } from "../src/image/mod.ts";
import { WorkerPool } from "../src/batch/worker_pool.ts";
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";
import { FarmQueue } from "../src/farm/queue.ts";
import { jobsOfFiles, submit } from "../src/farm/submit.ts";
import { PICTURE_COLUMNS } from "./farm_columns.ts";
import { findNatsServer, NatsServer } from "./nats_server.ts";
import { queueRates } from "./queue_rates.ts";

const [what, countText] = Deno.args;
if (what !== "pictures" && what !== "trivial") throw new Error("Say what: pictures or trivial");
const rounds = Number(countText ?? 3), trivialJobs = Number(countText ?? 100_000);
const WIDTH = 768, HEIGHT = 512, PICTURES = 4, WARM_UP = 2;
const OPTIONS = { quality: 50 };
const QUEUE = { name: "record", ackWaitSeconds: 30, replicas: 1 };
const FARM_MAIN = new URL("../src/farm/main.ts", import.meta.url).pathname;

/** What the system counts a process's time in. */
const CLOCK_TICKS = 100;
/** A worker asks for a job for one second; after this one that is stopped is not given any. */
const POLL_MILLISECONDS = 1500;

/** A one-job worker in a process of its own. */
class FarmWorker {
  readonly #child: Deno.ChildProcess;

  constructor() {
    const permissions = ["--no-prompt", "-R", "-W", "--allow-net", "--allow-env"];
    const args = ["work", "-j", "1", "--quiet", "--queue", QUEUE.name, "-s", server.url];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...permissions, FARM_MAIN, ...args],
      stdout: "null",
    }).spawn();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Stops it between jobs, and waits until the server knows that it asks for none. */
  async pause(): Promise<void> {
    this.#child.kill("SIGSTOP");
    await pause(POLL_MILLISECONDS);
  }

  goOn(): void {
    this.#child.kill("SIGCONT");
  }

  async end(): Promise<void> {
    this.#child.kill("SIGCONT");
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

const program = findNatsServer();
if (!program) throw new Error("There is no NATS server: apt-get install nats-server");
const folder = await Deno.makeTempDir({ prefix: "vaerans-farm-" });
const server = new NatsServer(program, `${folder}/nats`);
await server.start();
const queue = await FarmQueue.open({ servers: server.url }, QUEUE);
const rows: string[][] = [];
const record = (row: readonly (string | number)[]) => {
  rows.push(row.map(String));
  console.error(row.join("\t"));
};
let serial = 0;

try {
  if (what === "pictures") await measurePictures();
  else await measureTrivial();
} finally {
  await queue.close();
  await server.kill();
  await Deno.remove(folder, { recursive: true });
}
const header = `# ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, ${
  new Date().toISOString().slice(0, 10)
}; ${
  what === "pictures"
    ? `pictures of ${WIDTH}×${HEIGHT}, quality ${OPTIONS.quality}, seconds per picture`
    : `${trivialJobs} jobs`
}`;
const place = new URL(`../bench/results/farm_${what}.tsv`, import.meta.url);
await Deno.writeTextFile(place, [header, ...rows.map((row) => row.join("\t"))].join("\n") + "\n");

/** Rates and memory with jobs that need no work, and what a job takes on the server's disk. */
async function measureTrivial(): Promise<void> {
  record(["what", "perSecond", "earlyMebibytes", "lateMebibytes"]);
  for (const { what, perSecond, earlyBytes, lateBytes } of await queueRates(queue, trivialJobs)) {
    record([what, ...[perSecond, earlyBytes / 2 ** 20, lateBytes / 2 ** 20].map(Math.round)]);
  }
}

/** Rounds of: without the queue, one worker, two workers. */
async function measurePictures(): Promise<void> {
  await Deno.mkdir(`${folder}/in`);
  for (let i = 0; i < 2 * PICTURES; i++) {
    await Deno.writeFile(`${folder}/in/${i}.png`, await encodePng(syntheticPicture(WIDTH, HEIGHT - i)));
  }
  record(PICTURE_COLUMNS);
  const pool = new WorkerPool(1);
  const jobs = async (count: number) => {
    const inputs = Array.from({ length: count }, (_, i) => `${folder}/in/${i}.png`);
    return [...(await jobsOfFiles(inputs, `${folder}/out-${serial++}`, { options: OPTIONS })).jobs];
  };
  const direct = async (count: number) => {
    const work = await jobs(count);
    await Deno.mkdir(work[0].target.replace(/\/[^/]*$/, ""), { recursive: true });
    return await timed(async () => {
      for (const job of work) await pool.run(job);
    });
  };
  const queued = async (count: number) => {
    const work = await jobs(count);
    return await timed(async () => {
      await submit(work, queue);
      // Targets are looked for rather than the server asked, whose time is measured, too.
      for (const { target } of work) while (!(await exists(target))) await pause(5);
      while (!(await queue.isEmpty())) await pause(10);
    });
  };
  const [first, second] = [new FarmWorker(), new FarmWorker()];
  try {
    await direct(WARM_UP);
    while ((await queue.status()).workers.length < 2) await pause(100);
    await queued(2 * PICTURES);
    for (let round = 1; round <= rounds; round++) {
      const pids = [Deno.pid, first.pid, server.pid];
      const before = await Promise.all(pids.map(cpuSeconds));
      const without = await direct(PICTURES);
      const between = await Promise.all(pids.map(cpuSeconds));
      await second.pause();
      const one = await queued(PICTURES);
      const after = await Promise.all(pids.map(cpuSeconds));
      second.goOn();
      const two = await queued(2 * PICTURES);
      const cpu = [between[0] - before[0], after[1] - between[1], after[2] - between[2]];
      record([
        round,
        ...[without / PICTURES, one / PICTURES, two / (2 * PICTURES), 2 * one / two].map((x) => x.toFixed(4)),
        ...cpu.map((seconds) => (seconds / PICTURES).toFixed(4)),
      ]);
    }
  } finally {
    pool.close();
    for (const worker of [first, second]) await worker.end();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Time that all threads of a process have had so far. */
async function cpuSeconds(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/stat`] }).output();
  const fields = new TextDecoder().decode(stdout).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
