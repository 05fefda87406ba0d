import { coreCount } from "../host/mod.ts";
import { assignTargets, clashReasons, type TargetNaming } from "../batch/targets.ts";
import type { Job, JobResult } from "../batch/job.ts";
import { type Outcome, runBatch } from "../batch/run_batch.ts";
import { findSources } from "../batch/sources.ts";
import { WorkerPool } from "../batch/worker_pool.ts";
import type { Arguments } from "./arguments.ts";
import { planText, sourceText } from "./dry_run.ts";
import { UsageError } from "./fail.ts";
import { checkFolder, namedInput, STANDARD_STREAM } from "./files.ts";
import { isOtherFile } from "../batch/picture_files.ts";
import { missingReason } from "../batch/file_error.ts";
import { INTERRUPTED, onInterrupt } from "./interrupt.ts";
import { memoryOption } from "./memory.ts";
import { isNotable, metadataBytesOf } from "./metadata_note.ts";
import { byteText, Progress } from "./progress.ts";
import { resultLines } from "./verbose.ts";
import { say } from "./say.ts";

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
  /** The settings of all jobs in one line. */
  readonly settings: string;
  /** Makes a file's job. */
  readonly jobOf: (source: string, target: string) => Job;
  /** Jobs at a time unless `--jobs` says; one a core if left out. */
  readonly jobs?: number;
}

interface Tally {
  done: number;
  planned: number;
  upToDate: number;
  /** Files in the folders that are neither pictures nor `.vaer` files. */
  skipped: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  /** Files larger than their sources. */
  larger: number;
  /** Sources copied in the place of larger files. */
  copied: number;
  /** Part of `bytesOut` of compressed files. */
  metadataBytes: number;
}

const EMPTY_TALLY: Tally = {
  done: 0,
  planned: 0,
  upToDate: 0,
  skipped: 0,
  failed: 0,
  larger: 0,
  copied: 0,
  bytesIn: 0,
  bytesOut: 0,
  metadataBytes: 0,
};

/**
 * Does what the arguments name, several files at a time.
 *
 * @param parsed Arguments with the options of `BATCH_SECTION`, `force` and `quiet`.
 * @param kind What to do with each file.
 * @returns The exit code.
 * @throws UsageError For options that do not go together.
 */
export async function batchCommand(parsed: Arguments, kind: BatchKind): Promise<number> {
  if (parsed.value("output") !== undefined) {
    throw new UsageError(
      "-o must be absent for several inputs or a folder (got -o)",
      "Give a folder with -d.",
    );
  }
  if (parsed.positional.some((input) => namedInput(input) === STANDARD_STREAM)) {
    throw new UsageError('"-" (standard input) must be the only input, without -d (got more)');
  }
  const lanes = parsed.number("jobs") ?? kind.jobs ?? Math.max(1, coreCount());
  const memoryBytes = memoryOption(parsed),
    isDryRun = parsed.has("dry-run"),
    isVerbose = parsed.has("verbose");
  const folder = parsed.value("directory");
  if (folder !== undefined) await checkFolder(folder);
  const began = performance.now();
  const { files, missing, unwanted } = await findSources(
    parsed.positional,
    kind.wanted,
    folder,
  );
  const skipped = unwanted.filter(isOtherFile);
  if (files.length + missing.length === 0) {
    throw new Error(
      `Cannot ${kind.title}: there must be ${kind.things} to read (got none in ` +
        `${parsed.positional.join(", ")}). Name other files or folders.`,
    );
  }
  const { assignments, clashes } = await assignTargets(files, kind.naming, folder);
  const total = assignments.length +
    clashes.reduce((sum, { sources }) => sum + sources.length, missing.length);
  const json = parsed.has("json"),
    tally: Tally = { ...EMPTY_TALLY, skipped: skipped.length };
  const progress = new Progress({
    title: kind.title,
    total,
    unit: kind.things,
    quiet: parsed.has("quiet") || json || isDryRun,
  });
  const fail = (input: string, reason: string) => {
    tally.failed++;
    progress.advance(1);
    if (json) console.log(JSON.stringify({ status: "failed", input, reason }));
    progress.warn(`vaerans: ${oneLine(reason)}`);
  };
  for (const path of missing) fail(path, `${path}: ${missingReason(path)}`);
  for (const { path, reason } of clashes.flatMap(clashReasons)) fail(path, reason);
  const onOutcome = (outcome: Outcome) => {
    if (outcome.status === "failed") return fail(outcome.job.source, outcome.reason);
    const { source: input, target: output } = outcome.job;
    if (outcome.status === "up to date") {
      tally.upToDate++;
      progress.skip(1);
      if (json) console.log(JSON.stringify({ status: outcome.status, input, output }));
      else if (isDryRun) say(`${input} → ${output}: up to date`);
      return;
    }
    if (outcome.status === "planned") {
      tally.planned++;
      const plan = planText(outcome.state), source = outcome.description;
      if (json) console.log(JSON.stringify({ status: plan, input, output, source, settings: kind.settings }));
      else say(`${input} → ${output}: ${plan} (${source})`);
      return;
    }
    const { result } = outcome;
    tally.done++;
    tally.bytesIn += result.sourceBytes;
    tally.bytesOut += result.targetBytes;
    if (outcome.job.action === "compress") tally.metadataBytes += metadataBytesOf(result);
    for (const warning of result.warnings) progress.warn(`vaerans: ${input}: ${warning}`);
    if (result.isLarger) tally.larger++;
    if (result.copiedInsteadOf !== undefined) tally.copied++;
    progress.advance(1, `${input} → ${result.output}: ${kind.describe(result)}`);
    if (isVerbose) { for (const line of resultLines(result)) progress.note(`vaerans: ${line}`); }
    if (json) console.log(JSON.stringify({ status: outcome.status, ...result }));
  };
  if (isDryRun && !json) say(`settings: ${kind.settings}`);
  if (isVerbose) {
    progress.note(
      `vaerans: ${assignments.length} ${kind.things}, ${lanes} at a time; settings: ${kind.settings}`,
    );
    for (const path of skipped) {
      progress.note(`vaerans: ${path}: skipped, it is no picture and no .vaer file`);
    }
  }

  const pool = new WorkerPool(lanes, memoryBytes === undefined ? {} : { memoryBytes });
  const interrupt = new Interrupt(pool, (line) => progress.warn(line));
  try {
    const jobs = assignments.map(({ source, target }) => kind.jobOf(source.path, target));
    const stopping = () => interrupt.count > 0;
    await runBatch(jobs, pool, {
      lanes,
      force: parsed.has("force"),
      stopping,
      onOutcome,
      ...isDryRun && { describe: sourceText },
    });
  } finally {
    await interrupt.stopListening();
    pool.close();
    progress.finish();
  }
  const seconds = (performance.now() - began) / 1000;
  const left = total - tally.done - tally.planned - tally.upToDate - tally.failed;
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

function summaryLine(
  { done, planned, upToDate, skipped, failed, larger, copied, bytesIn, bytesOut, metadataBytes }: Tally,
  left: number,
  seconds: number,
): string {
  const parts = [
    planned > 0 ? `${planned} to do` : `${done} done`,
    ...upToDate > 0 ? [`${upToDate} up to date`] : [],
    ...skipped > 0 ? [`${skipped} skipped as other files`] : [],
    ...failed > 0 ? [`${failed} failed`] : [],
    ...left > 0 ? [`${left} left`] : [],
  ];
  const sizes = done > 0 ? `: ${byteText(bytesIn)} → ${byteText(bytesOut)}` : "";
  const notes = [
    ...copied > 0 ? [`${copied} copied, as the .vaer file would be larger`] : [],
    ...larger > 0 ? [`${larger} larger than the source (--keep-smaller copies the source instead)`] : [],
  ];
  const metadata = isNotable(metadataBytes, bytesOut) ? `, ${byteText(metadataBytes)} of it metadata` : "";
  return `${parts.join(", ")} in ${seconds.toFixed(1)} s${sizes}${metadata}${
    notes.map((note) => `; ${note}`).join("")
  }`;
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
