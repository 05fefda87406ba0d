import { BitstreamError, DEFAULT_QUALITY, type FileInfo, inspect } from "../../mod.ts";
import { FileError } from "./file_error.ts";
import type { CompressJob, Job } from "./job.ts";

/** What is to be done about a target. */
export type TargetState = "absent" | "outdated" | "up to date";

/**
 * Tells whether a job is done already: its target is there, whole, no older than the source, and, for a `.vaer` file,
 * of the quality and model that the job asks for. Other options leave no mark in a file and are not looked at.
 *
 * @param job The job.
 * @returns The state; "outdated" targets may be replaced.
 * @throws FileError When something is in the target's place that no such job made, so that replacing it would lose it.
 */
export async function targetState(job: Job): Promise<TargetState> {
  const [source, target] = await Promise.all([timeOf(job.source), timeOf(job.target)]);
  if (target === undefined) return "absent";
  const newer = source === undefined || target >= source;
  if (job.action === "decompress") {
    if (newer) return "up to date";
    throw new FileError(
      job.target,
      `exists and is older than ${job.source}; give --force to replace it, or another folder with -d`,
    );
  }
  let info: FileInfo | undefined;
  const bytes = await Deno.readFile(job.target);
  try {
    info = inspect(bytes);
  } catch (cause) {
    if (cause instanceof BitstreamError && cause.code === "file-magic") {
      throw new FileError(
        job.target,
        "exists and is not a .vaer file; give --force to replace it, or another folder with -d",
        { cause },
      );
    }
  }
  return info && newer && agrees(job, info) ? "up to date" : "outdated";
}

function agrees({ options }: CompressJob, { quality, model, bytes, bpp }: FileInfo): boolean {
  const asked = options.bytes ?? options.bpp ?? options.psnr ?? options.ssim;
  const exact = options.lossless || options.nearLossless !== undefined;
  if (quality !== (asked !== undefined || exact ? 0 : Math.round(options.quality ?? DEFAULT_QUALITY))) {
    return false;
  }
  if (options.bytes !== undefined && bytes > options.bytes) return false;
  if (options.bpp !== undefined && bpp > options.bpp) return false;
  return options.model === undefined || options.model.includes("/") || options.model === model;
}

async function timeOf(path: string): Promise<number | undefined> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime();
}
