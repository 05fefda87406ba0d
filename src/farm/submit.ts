import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import type { UncheckedCompressOptions } from "../codec/options.ts";
import { promisesPicture } from "../batch/picture_files.ts";
import { findSources } from "../batch/sources.ts";
import { assignTargets, clashReasons, compressedNaming } from "../batch/targets.ts";
import type { CompressJob } from "../batch/job.ts";
import { sha256Hex } from "../models/sha256.ts";
import { isRemote } from "./places.ts";
import type { FarmQueue } from "./queue.ts";

/** What became of a submission. */
export interface Submission {
  /** Jobs that were new. */
  readonly added: number;
  /** Jobs that were there already. */
  readonly duplicates: number;
  /** Named, but not there. */
  readonly missing: readonly string[];
}

/** Jobs on their way to the server at a time. */
const IN_FLIGHT = 64;
/** Of files so many, since each is in memory to be hashed. */
const FILES_IN_FLIGHT = 8;

/**
 * Jobs of folders, patterns and files, with paths that hold on every machine that mounts the same storage.
 *
 * @param inputs What the user named.
 * @param target Folder, or `obj:BUCKET` with a prefix or without.
 * @param options For all of them.
 * @param naming Whether endings are kept, see {@linkcode compressedNaming}, and whether smaller sources are copied.
 * @returns The jobs, what is missing, and why others are refused, one line each.
 */
export async function jobsOfFiles(
  inputs: readonly string[],
  target: string,
  options: UncheckedCompressOptions,
  { keepEnding = false, keepsSmaller = false }: {
    readonly keepEnding?: boolean;
    readonly keepsSmaller?: boolean;
  } = {},
): Promise<{ jobs: CompressJob[]; missing: string[]; refused: string[] }> {
  const { files, missing } = await findSources(inputs, promisesPicture);
  const { assignments, clashes } = await assignTargets(files, compressedNaming(keepEnding), target);
  return {
    jobs: assignments.map(({ source, target }) => jobOf(source.path, target, options, keepsSmaller)),
    missing,
    refused: clashes.flatMap(clashReasons).map(({ reason }) => reason),
  };
}

/**
 * Jobs of a manifest: a line a job, `{"source": …, "target": …, "options": {…}}`, options being optional.
 *
 * @param lines Of the manifest, from wherever they come.
 * @param options Where a line has none of its own.
 * @param keepsSmaller Whether smaller sources are copied.
 * @throws SyntaxError That tells a wrong line's number.
 */
export async function* jobsOfManifest(
  lines: AsyncIterable<string> | Iterable<string>,
  options: UncheckedCompressOptions,
  keepsSmaller = false,
): AsyncGenerator<CompressJob> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    let entry: { source?: unknown; target?: unknown; options?: UncheckedCompressOptions };
    try {
      entry = JSON.parse(line);
    } catch (cause) {
      throw new SyntaxError(
        `Cannot read line ${number} of the manifest: it must be JSON (got: ` +
          `${messageOf(cause)}). Correct the line.`,
        { cause },
      );
    }
    const { source, target } = entry;
    if (typeof source !== "string" || typeof target !== "string") {
      throw new SyntaxError(
        `Cannot use line ${number} of the manifest: source and target must be texts (got ${typeof source} ` +
          `and ${typeof target}). Add them.`,
      );
    }
    yield jobOf(source, target, { ...options, ...entry.options }, keepsSmaller);
  }
}

function jobOf(
  source: string,
  target: string,
  options: UncheckedCompressOptions,
  keepsSmaller: boolean,
): CompressJob {
  return {
    action: "compress",
    source: absolute(source),
    target: absolute(target),
    options,
    measurePsnr: false,
    // What a job finds in the place of its target or of a copy may be another's.
    ...keepsSmaller && { keepSmaller: { replacesCopy: false, replacesTarget: false } },
  };
}

/**
 * Submits jobs. The identity of one is its source's content, its target and its options.
 *
 * @param jobs The jobs.
 * @param queue Where to.
 * @param onJob Told after each.
 * @returns How many were new.
 */
export async function submit(
  jobs: AsyncIterable<CompressJob> | Iterable<CompressJob>,
  queue: Pick<FarmQueue, "submit">,
  onJob: (job: CompressJob) => void = () => {},
): Promise<Pick<Submission, "added" | "duplicates">> {
  let added = 0, duplicates = 0;
  const flying = new Set<Promise<void>>();
  for await (const job of jobs) {
    const flight = (async () => {
      if (await queue.submit(job, await identityOf(job))) added++;
      else duplicates++;
      onJob(job);
    })();
    const landed = flight.finally(() => flying.delete(landed));
    flying.add(landed);
    const most = isRemote(job.source) ? IN_FLIGHT : FILES_IN_FLIGHT;
    while (flying.size >= most) await Promise.race(flying);
  }
  await Promise.all(flying);
  return { added, duplicates };
}

async function identityOf({ source, target, options, keepSmaller }: CompressJob): Promise<string> {
  const content = isRemote(source) ? source : await sha256Hex(await Deno.readFile(source));
  return await sha256Hex(
    new TextEncoder().encode(
      JSON.stringify([content, source, target, options, ...keepSmaller ? [keepSmaller] : []]),
    ),
  );
}

function absolute(address: string): string {
  if (isRemote(address) || address.startsWith("/")) return address;
  return `${Deno.cwd()}/${address.replace(/^\.\//, "")}`;
}
