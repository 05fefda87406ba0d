import type { Job, JobResult } from "../batch/job.ts";
import type { Arguments } from "./arguments.ts";
import { sourceText } from "./dry_run.ts";
import { tell } from "./say.ts";

/** Prints a job's source and settings on standard error before it runs. */
export async function printBeginning(parsed: Arguments, job: Job, settings: string): Promise<void> {
  if (!parsed.has("verbose")) return;
  tell(`vaerans: ${job.source}: ${await sourceText(job)}`);
  tell(`vaerans: settings: ${settings}`);
}

/** Prints a job's sections and the time of each step on standard error after it ran. */
export function printEnd(parsed: Arguments, result: JobResult): void {
  if (!parsed.has("verbose")) return;
  for (const line of resultLines(result)) tell(`vaerans: ${line}`);
}

/** Sections and steps of a result, a line each. */
export function resultLines({ output, sectionBytes, timings }: JobResult): string[] {
  const times = Object.entries(timings).map(([step, milliseconds]) =>
    `${step} ${milliseconds.toFixed(1)} ms`
  );
  const sections = Object.entries(sectionBytes).map(([kind, bytes]) => `${kind} ${bytes} bytes`);
  return [
    `${output}: sections: ${sections.join("; ")}`,
    `${output}: steps: ${times.join(", ")}`,
  ];
}
