import { inspect } from "../../mod.ts";
import { about } from "../batch/file_error.ts";
import type { Job } from "../batch/job.ts";
import { placeOf } from "../batch/target_file.ts";
import type { TargetState } from "../batch/up_to_date.ts";
import { readWhole } from "../batch/whole_file.ts";
import { FORMATS } from "../image/formats/mod.ts";
import { readPictureSize } from "../image/mod.ts";
import { STANDARD_STREAM } from "./files.ts";
import { byteText } from "./progress.ts";

/**
 * Describes a job's source from its header: `PNG, 90×61 pixels, 12.3 kB`.
 *
 * @param job The job; standard input is not read.
 * @throws FileError Where the source cannot be read, as the job would.
 */
export async function sourceText({ action, source }: Job): Promise<string> {
  if (source === STANDARD_STREAM) return "standard input";
  const bytes = await readWhole(source);
  return await about(source, async () => {
    const { width, height, kind } = action === "compress" ? await pictureOf(bytes) : fileOf(bytes);
    return `${kind}, ${width}×${height} pixels, ${byteText(bytes.length)}`;
  });
}

async function pictureOf(bytes: Uint8Array): Promise<{ width: number; height: number; kind: string }> {
  const { width, height, format } = await readPictureSize(bytes);
  return { width, height, kind: FORMATS.find(({ id }) => id === format)!.label };
}

function fileOf(bytes: Uint8Array): { width: number; height: number; kind: string } {
  const { width, height, model } = inspect(bytes, { partial: true });
  return { width, height, kind: `model ${model}` };
}

/** What a run would do about a target: `would write`, `would replace` and so on. */
export function planText(state: TargetState): string {
  switch (state) {
    case "absent":
      return "would write";
    case "outdated":
      return "would replace";
    case "foreign":
      return "would write unless another file is there";
    case "up to date":
      return state;
  }
}

/**
 * Prints what one job would do; the checks of its options and of its output are done.
 *
 * @param job The job.
 * @param settings Its settings in one line.
 * @param json Print one JSON object.
 */
export async function dryRun(job: Job, settings: string, json: boolean): Promise<void> {
  const source = await sourceText(job), { source: input, target: output } = job;
  const isThere = output !== STANDARD_STREAM && (await placeOf(output)).kind === "file";
  const plan = planText(isThere ? "outdated" : "absent");
  if (json) return console.log(JSON.stringify({ status: plan, input, output, source, settings }));
  console.log(`${input} → ${output}: ${plan} (${source})\nsettings: ${settings}`);
}
