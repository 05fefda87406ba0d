import { assignTargets, clashReasons, type TargetNaming } from "../batch/targets.ts";
import type { Job, JobResult } from "../batch/job.ts";
import { type Outcome, runBatch } from "../batch/run_batch.ts";
import { findSources } from "../batch/sources.ts";
import { WorkerPool } from "../batch/worker_pool.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";
import { namedInput, STANDARD_STREAM } from "./files.ts";
import { INTERRUPTED, onInterrupt } from "./interrupt.ts";
import { memoryOption } from "./memory.ts";
import { byteText, Progress } from "./progress.ts";

/** Options that batches add, for `parseArguments`. */
export const BATCH_VALUES = { directory: "d", jobs: "j", memory: undefined } as const;

/** What `--help` says of them. */
export const BATCH_HELP = `Folders, patterns and several files:
  -d, --directory FOLDER where to write, with the folders' structure kept; beside the sources by default
  -j, --jobs N           so many at a time; default: one a core
      --memory SIZE      for all of them together, e.g. 8GB: large pictures wait for it, larger ones run alone
      --quiet            no progress
  A target is left as it is if this command wrote it from the same source with the same settings and nothing has
  changed it since; --force does all again, but never replaces another input of the same run. A file that fails does not
  keep the others from being done; the exit code is then 1. Ctrl-C lets the running ones finish, a second one abandons
  them. --json prints a line per file, then the sum.`;

/** What kind of batch it is. */
export interface BatchKind {
  /** For the bar. */
  readonly title: string;
  /** Names the targets. */
  readonly naming: TargetNaming;
  /** In messages, e.g. `pictures`. */
  readonly things: string;
  /** Which files of a folder to take. */
  readonly wanted: (path: string) => boolean | Promise<boolean>;
  /** Tells of a file that is done, in a few words. */
  readonly describe: (result: JobResult) => string;
  /** Makes a file's job. */
  readonly jobOf: (source: string, target: string) => Job;
  /** Jobs at a time unless `--jobs` says; one a core if left out. */
  readonly jobs?: number;
}

interface Tally {
  done: number;
  upToDate: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
}

/**
 * Does what the arguments name, several files at a time.
 *
 * @param parsed Arguments with {@linkcode BATCH_VALUES}, `force` and `quiet`.
 * @param kind What to do with each file.
 * @returns The exit code.
 * @throws UsageError For options that do not go together.
 */
export async function batchCommand(parsed: Arguments, kind: BatchKind): Promise<number> {
  if (parsed.value("output") !== undefined) {
    throw new UsageError("-o names one file; for several give a folder with -d");
  }
  if (parsed.positional.some((input) => namedInput(input) === STANDARD_STREAM)) {
    throw new UsageError('"-" stands alone: standard input is one file');
  }
  const lanes = laneCount(parsed.value("jobs"), kind.jobs);
  const began = performance.now();
  const { files, missing } = await findSources(parsed.positional, kind.wanted);
  if (files.length + missing.length === 0) {
    throw new Error(`${parsed.positional.join(", ")}: there are no ${kind.things}`);
  }
  const json = parsed.has("json"),
    tally: Tally = { done: 0, upToDate: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  const progress = new Progress({
    title: kind.title,
    total: files.length + missing.length,
    unit: kind.things,
    quiet: parsed.has("quiet") || json,
  });
  const fail = (input: string, reason: string) => {
    tally.failed++;
    progress.advance(1);
    if (json) console.log(JSON.stringify({ status: "failed", input, reason }));
    progress.warn(`vaerans: ${oneLine(reason)}`);
  };
  for (const path of missing) fail(path, `${path}: there is no such file`);
  const { assignments, clashes } = await assignTargets(files, kind.naming, parsed.value("directory"));
  for (const { path, reason } of clashes.flatMap(clashReasons)) fail(path, reason);
  const onOutcome = (outcome: Outcome) => {
    if (outcome.status === "failed") return fail(outcome.job.source, outcome.reason);
    const { source: input, target: output } = outcome.job;
    if (outcome.status === "up to date") {
      tally.upToDate++;
      progress.skip(1);
      if (json) console.log(JSON.stringify({ status: outcome.status, input, output }));
      return;
    }
    const { result } = outcome;
    tally.done++;
    tally.bytesIn += result.sourceBytes;
    tally.bytesOut += result.targetBytes;
    for (const warning of result.warnings) progress.warn(`vaerans: ${input}: ${warning}`);
    progress.advance(1, `${input} → ${output}: ${kind.describe(result)}`);
    if (json) console.log(JSON.stringify({ status: outcome.status, ...result }));
  };

  const memoryBytes = memoryOption(parsed);
  const pool = new WorkerPool(lanes, memoryBytes === undefined ? {} : { memoryBytes });
  const interrupt = new Interrupt(pool, (line) => progress.warn(line));
  try {
    const jobs = assignments.map(({ source, target }) => kind.jobOf(source.path, target));
    const stopping = () => interrupt.count > 0;
    await runBatch(jobs, pool, { lanes, force: parsed.has("force"), stopping, onOutcome });
  } finally {
    await interrupt.stopListening();
    pool.close();
    progress.finish();
  }
  const seconds = (performance.now() - began) / 1000;
  const left = files.length + missing.length - tally.done - tally.upToDate - tally.failed;
  console.log(
    json
      ? JSON.stringify({ summary: { ...tally, interrupted: interrupt.count > 0, left, seconds } })
      : summaryLine(tally, left, seconds),
  );
  if (interrupt.count > 0) return INTERRUPTED;
  return tally.failed > 0 ? 1 : 0;
}

/** Listens for Ctrl-C: the first lets running jobs finish, the second ends them and removes what they left. */
class Interrupt {
  count = 0;
  #abandoned: Promise<void> | undefined;
  readonly #stop: () => void;

  constructor(pool: WorkerPool, say: (line: string) => void) {
    this.#stop = onInterrupt(() => {
      this.count++;
      if (this.count === 1) say("vaerans: finishing what is running; Ctrl-C again abandons it");
      else this.#abandoned ??= pool.abandon();
    });
  }

  /** Ends the listening; waits until what abandoned jobs left is removed. */
  async stopListening(): Promise<void> {
    this.#stop();
    await this.#abandoned;
  }
}

function laneCount(
  text: string | undefined,
  otherwise = Math.max(1, navigator.hardwareConcurrency),
): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 256)) {
    throw new UsageError(`--jobs must be a whole number from 1 to 256: current value is ${text}`);
  }
  return count;
}

function summaryLine(
  { done, upToDate, failed, bytesIn, bytesOut }: Tally,
  left: number,
  seconds: number,
): string {
  const parts = [
    `${done} done`,
    ...upToDate > 0 ? [`${upToDate} up to date`] : [],
    ...failed > 0 ? [`${failed} failed`] : [],
    ...left > 0 ? [`${left} left`] : [],
  ];
  const sizes = done > 0 ? `: ${byteText(bytesIn)} → ${byteText(bytesOut)}` : "";
  return `${parts.join(", ")} in ${seconds.toFixed(1)} s${sizes}`;
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
