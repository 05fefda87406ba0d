/**
 * A queue of jobs on NATS JetStream: `deno task farm submit | work | status | retry`.
 *
 * @module
 */
import { missingReason } from "../batch/file_error.ts";
import { Deno } from "../host/deno_api.ts";
import "../codec/all_parts.ts";
import { WORKER_BYTES } from "../batch/job_memory.ts";
import { WorkerPool } from "../batch/worker_pool.ts";
import { unknownAction } from "../cli/actions.ts";
import { type Arguments, parseArguments } from "../cli/arguments.ts";
import { deviceOption } from "../cli/device.ts";
import { memoryOption, usualMemoryBytes } from "../cli/memory.ts";
import { compressOptions, copiesSmaller, keptMetadataOption, withDefaults } from "../cli/compress.ts";
import { openFile } from "../batch/whole_file.ts";
import { loadConfig } from "../models/config.ts";
import { report, UsageError } from "../cli/fail.ts";
import { helpOf } from "../cli/options/help.ts";
import { optionsOf } from "../cli/options/option.ts";
import { byteText, duration, Progress } from "../cli/progress.ts";
import { FARM, USUAL_GRACE_SECONDS } from "./command.ts";
import { connectionOptions } from "./credentials.ts";
import { serveMetrics } from "./prometheus.ts";
import { FarmQueue, type FarmStatus } from "./queue.ts";
import { jobsOfFiles, jobsOfManifest, submit } from "./submit.ts";
import { shown } from "./places.ts";
import { linesOf } from "./lines.ts";
import { work } from "./work.ts";
import { WorkerCounts } from "./worker_counts.ts";

/**
 * Runs one command.
 *
 * @param args The arguments.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const parsed = parseArguments(args, optionsOf(FARM));
    const [action, ...inputs] = parsed.positional;
    if (parsed.has("help")) {
      console.log(helpOf(FARM));
      return 0;
    }
    const commands: Record<string, (queue: FarmQueue) => Promise<number>> = {
      submit: (queue) => submitCommand(queue, inputs, parsed),
      work: (queue) => workCommand(queue, parsed),
      status: (queue) => statusCommand(queue, parsed),
      retry: (queue) => retryCommand(queue, parsed),
    };
    const command = action !== undefined && Object.hasOwn(commands, action) ? commands[action] : undefined;
    if (!command) throw unknownAction(action, FARM);
    const name = parsed.value("queue") ?? "vaerans";
    if (!/^[\w-]+$/.test(name)) {
      throw new UsageError(`--queue must be letters, digits, "_" and "-" (got ${name})`);
    }
    const queue = await FarmQueue.open(await connectionOptions(parsed), {
      name,
      ackWaitSeconds: parsed.number("ack-wait") ?? 30,
      replicas: parsed.number("replicas") ?? 1,
    });
    try {
      return await command(queue);
    } finally {
      await queue.close();
    }
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

async function submitCommand(
  queue: FarmQueue,
  inputs: readonly string[],
  parsed: Arguments,
): Promise<number> {
  const config = await loadConfig(), keptMetadata = keptMetadataOption(parsed);
  const settings = {
    options: await withDefaults(compressOptions(parsed), config),
    ...keptMetadata && { keptMetadata },
    keepsSmaller: copiesSmaller(parsed, config),
  };
  const manifests = inputs.filter((input) => input === "-" || input.endsWith(".jsonl"));
  const others = inputs.filter((input) => !manifests.includes(input));
  const target = parsed.value("directory");
  if (inputs.length === 0) throw new UsageError("there must be something to submit (got nothing)");
  if (others.length > 0 && target === undefined) {
    throw new UsageError("there must be a target (got none)", "Give -d FOLDER or obj:BUCKET.");
  }
  const { jobs, missing, refused } = others.length > 0
    ? await jobsOfFiles(others, target!, settings, parsed.has("keep-ending"))
    : { jobs: [], missing: [], refused: [] };
  async function* all() {
    yield* jobs;
    for (const manifest of manifests) {
      const stream = manifest === "-" ? Deno.stdin.readable : (await openFile(manifest)).readable;
      yield* jobsOfManifest(linesOf(stream), settings, (reason) => refused.push(reason));
    }
  }
  const progress = new Progress({
    title: "submit",
    total: jobs.length,
    unit: "jobs",
    // How many lines a manifest has is known when it has been read.
    quiet: parsed.has("quiet") || parsed.has("json") || manifests.length > 0 || !Deno.stderr.isTerminal(),
  });
  const { added, duplicates, failed } = await submit(all(), queue, () => progress.advance(1))
    .finally(() => progress.finish());
  refused.push(...failed);
  const reasons = [...missing.map((path) => `${path}: ${missingReason(path)}`), ...refused];
  for (const reason of reasons) console.error(`vaerans: ${reason}`);
  console.log(
    parsed.has("json")
      ? JSON.stringify({ added, duplicates, missing, ...(refused.length > 0 && { refused }) })
      : `${added} added, ${duplicates} there already`,
  );
  return reasons.length > 0 ? 1 : 0;
}

async function workCommand(queue: FarmQueue, parsed: Arguments): Promise<number> {
  const { device } = deviceOption(parsed);
  const onGpu = device !== undefined && device !== "cpu";
  const cores = Math.max(1, navigator.hardwareConcurrency);
  const memoryBytes = memoryOption(parsed) ?? usualMemoryBytes();
  // On a GPU one worker has all jobs, and as many of its own as there are cores for entropy coding.
  const wanted = parsed.number("jobs") ?? (onGpu ? 2 * cores : cores);
  const lanes = onGpu ? wanted : Math.min(wanted, Math.max(1, Math.floor(memoryBytes / WORKER_BYTES)));
  const pool = onGpu
    ? new WorkerPool(1, { jobsAWorker: lanes, memoryBytes: memoryBytes - cores * WORKER_BYTES })
    : new WorkerPool(lanes, { memoryBytes });
  const counts = new WorkerCounts(), stop = new AbortController(), abandon = new AbortController();
  let abandoned: Promise<void> | undefined, grace: ReturnType<typeof setTimeout> | undefined;
  const handBack = () => {
    abandon.abort(new Error("abandoned"));
    abandoned ??= pool.abandon();
  };
  const graceMilliseconds = 1000 * (parsed.number("grace") ?? USUAL_GRACE_SECONDS);
  const onSignal = () => {
    if (stop.signal.aborted) handBack();
    else grace = setTimeout(handBack, graceMilliseconds);
    stop.abort();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  const address = parsed.value("metrics");
  const metrics = address === undefined
    ? undefined
    : serveMetrics(address, () => counts.report(lanes, !stop.signal.aborted));
  try {
    await work(queue, pool, counts, {
      lanes,
      stop: stop.signal,
      abandon: abandon.signal,
      untilEmpty: parsed.has("until-empty"),
      ...(device && { device }),
      ...(!parsed.has("quiet") && { onJob: (line) => console.error(line) }),
    });
  } finally {
    clearTimeout(grace);
    for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
    await abandoned;
    pool.close();
    await metrics?.shutdown();
  }
  const { done, failed, bytesIn, bytesOut } = counts;
  console.log(
    parsed.has("json")
      ? JSON.stringify({ done, failed, bytesIn, bytesOut })
      : `${done} done, ${failed} failed: ${byteText(bytesIn)} → ${byteText(bytesOut)}`,
  );
  return 0;
}

async function statusCommand(queue: FarmQueue, parsed: Arguments): Promise<number> {
  for (;;) {
    const status = await queue.status();
    if (parsed.has("json")) {
      const letters = parsed.has("watch") ? undefined : await lettersOf(queue);
      console.log(JSON.stringify({ ...status, ...(letters && { letters }) }));
    } else {
      console.log(statusLine(status));
      if (!parsed.has("watch")) {
        for (const { reason, deliveries } of await lettersOf(queue)) {
          console.log(`  ${reason} (${deliveries} deliveries)`);
        }
      }
    }
    if (!parsed.has("watch")) return 0;
    await new Promise((resolve) => setTimeout(resolve, WATCH_MILLISECONDS));
  }
}

const WATCH_MILLISECONDS = 2000, MAX_LETTERS = 20;

/** A dead letter as it is told: without options, and without what signs an address. */
interface ToldLetter {
  readonly source: string;
  readonly reason: string;
  readonly deliveries: number;
}

async function lettersOf(queue: FarmQueue): Promise<ToldLetter[]> {
  const letters: ToldLetter[] = [];
  for await (const { letter: { job, reason, deliveries } } of queue.deadLetters()) {
    const source = shown((job as { source?: string }).source ?? String(job));
    if (letters.push({ source, reason, deliveries }) === MAX_LETTERS) break;
  }
  return letters;
}

function statusLine(
  { waiting, running, done, failed, rate, etaSeconds, bytesSaved, workers }: FarmStatus,
): string {
  const left = etaSeconds === null
    ? "nobody works"
    : etaSeconds === 0
    ? "all done"
    : `${duration(etaSeconds)} left`;
  const saved = bytesSaved < 0 ? `−${byteText(-bytesSaved)}` : byteText(bytesSaved);
  return `${waiting} waiting, ${running} running, ${done} done, ${failed} failed; ${
    rate.toFixed(1)
  } a second, ${left}; ` +
    `${saved} saved; ${workers.filter((worker) => worker.running).length} workers`;
}

async function retryCommand(queue: FarmQueue, parsed: Arguments): Promise<number> {
  const count = await queue.retry();
  console.log(parsed.has("json") ? JSON.stringify({ retried: count }) : `${count} sent again`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
