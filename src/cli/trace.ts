import { chromeTrace, traceTable } from "../core/mod.ts";
import type { JobResult } from "../batch/job.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";
import { checkOutput, STANDARD_STREAM, writeOutput } from "./files.ts";

/**
 * The file that `--trace` names, checked before any work is done.
 *
 * @param parsed The command line.
 * @param input The command's input, which must not be replaced.
 * @returns The file's path; `undefined` without the option.
 * @throws UsageError For standard output.
 */
export async function traceOption(parsed: Arguments, input: string): Promise<string | undefined> {
  const path = parsed.value("trace");
  if (path === undefined) return undefined;
  if (path === STANDARD_STREAM) throw new UsageError("--trace must name a file (got -)");
  await checkOutput(path, input, parsed.has("force"));
  return path;
}

/** Refuses `--trace` where many files are worked on at once. */
export function refuseTrace(parsed: Arguments): void {
  if (parsed.value("trace") !== undefined) {
    throw new UsageError("--trace must go with one input file (got several)");
  }
}

/**
 * Writes a job's trace, and shows it as a table on standard error.
 *
 * @param path Of the file.
 * @param result Of a job that was told to trace.
 * @returns The result without the trace, as `--json` shows it.
 */
export async function writeTrace(path: string, { trace = [], ...result }: JobResult): Promise<JobResult> {
  await writeOutput(path, new TextEncoder().encode(chromeTrace(trace)));
  console.error(traceTable(trace));
  return result;
}
