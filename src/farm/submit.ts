import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import type { UncheckedCompressOptions } from "../codec/options.ts";
import { promisesPicture } from "../batch/picture_files.ts";
import { readWhole } from "../batch/whole_file.ts";
import { checkCompressOptions } from "../codec/check_compress_options.ts";
import { TARGET_NAMES, targetOf } from "../codec/target.ts";
import { isAbsolute } from "../deps/path.ts";
import { findSources } from "../batch/sources.ts";
import { assignTargets, clashReasons, compressedNaming } from "../batch/targets.ts";
import { reasonOf } from "../batch/file_error.ts";
import type { CompressJob, KeptMetadata } from "../batch/job.ts";
import { sha256Hex } from "../models/sha256.ts";
import { isRemote, shown } from "./places.ts";
import type { FarmQueue } from "./queue.ts";

/** What became of a submission. */
export interface Submission {
  /** Jobs that were new. */
  readonly added: number;
  /** Jobs that were there already. */
  readonly duplicates: number;
  /** Why others were not submitted, one line each. */
  readonly failed: readonly string[];
}

/** What all jobs of a submission have. */
export interface CommonSettings {
  /** Options of `compress`. */
  readonly options: UncheckedCompressOptions;
  /** Which metadata files keep; all by default. */
  readonly keptMetadata?: KeptMetadata;
  /** Whether smaller sources are copied. */
  readonly keepsSmaller?: boolean;
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
 * @param settings For all of them.
 * @param keepEnding Whether endings are kept, see {@linkcode compressedNaming}.
 * @returns The jobs, what is missing, and why others are refused, one line each.
 * @throws InvalidValueError For options that `compress` refuses; SyntaxError for a target that is none.
 */
export async function jobsOfFiles(
  inputs: readonly string[],
  target: string,
  settings: CommonSettings,
  keepEnding = false,
): Promise<{ jobs: CompressJob[]; missing: string[]; refused: string[] }> {
  checkOptions(settings.options);
  // Names are added to it.
  checkAddress(target === "" ? target : `${target.replace(/\/+$/, "")}/x`, "the target", target);
  const { files, missing } = await findSources(
    inputs,
    promisesPicture,
    isRemote(target) ? undefined : target,
  );
  const { assignments, clashes } = await assignTargets(files, compressedNaming(keepEnding), target);
  return {
    jobs: assignments.map(({ source, target }) => jobOf(source.path, target, settings)),
    missing,
    refused: clashes.flatMap(clashReasons).map(({ reason }) => reason),
  };
}

/**
 * Jobs of a manifest: a line a job, `{"source": …, "target": …, "options": {…}}`, options being optional.
 *
 * @param lines Of the manifest, from wherever they come.
 * @param settings Of all jobs. A line's options replace those of the same names, and its target one of another kind.
 * @param refuse Told why a line gives no job, with its number.
 */
export async function* jobsOfManifest(
  lines: AsyncIterable<string> | Iterable<string>,
  settings: CommonSettings,
  refuse: (reason: string) => void,
): AsyncGenerator<CompressJob> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    try {
      yield jobOfLine(line, settings);
    } catch (error) {
      refuse(`line ${number} of the manifest: ${messageOf(error)}`);
    }
  }
}

function jobOfLine(line: string, settings: CommonSettings): CompressJob {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw new SyntaxError(`Cannot use it: it must be an object (got ${line.trim()}). Correct the line.`);
  }
  const { source, target, options = {}, ...others } = entry as { [name: string]: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new SyntaxError(
      `Cannot use it: its names must be source, target and options (got "${unknown}"). Correct the name.`,
    );
  }
  checkAddress(source, "source");
  checkAddress(target, "target");
  checkOptions(options);
  const isAimed = TARGET_NAMES.some((name) => Object.hasOwn(options, name));
  const common = Object.entries(settings.options).filter(([name]) =>
    !(isAimed && TARGET_NAMES.includes(name))
  );
  return jobOf(source, target, { ...settings, options: { ...Object.fromEntries(common), ...options } });
}

/** Throws what `compress` would, before a worker meets it three times. */
function checkOptions(options: unknown): asserts options is UncheckedCompressOptions {
  checkCompressOptions(options);
  targetOf(options as UncheckedCompressOptions);
}

/** Throws unless an address is the path of a file, an object of a bucket or a web address; `given` is what the user wrote. */
function checkAddress(address: unknown, name: string, given = address): asserts address is string {
  if (typeof address === "string" && isAddress(address)) return;
  const got = JSON.stringify(typeof given === "string" ? shown(given) : given) ?? "none";
  throw new SyntaxError(
    `Cannot use it: ${name} must be a path, obj:BUCKET/NAME or an https: address (got ${got}). Correct it.`,
  );
}

function isAddress(text: string): boolean {
  if (text === "" || /[/\\]$/.test(text)) return false;
  const isPath = !/^(obj:|[a-z][a-z\d+.-]+:\/\/)/i.test(text);
  return isPath || /^obj:[^/]+\/./.test(text) || /^https?:\/\/[^/]+\/./i.test(text);
}

function jobOf(
  source: string,
  target: string,
  { options, keptMetadata, keepsSmaller = false }: CommonSettings,
): CompressJob {
  return {
    action: "compress",
    source: absolute(source),
    target: absolute(target),
    options,
    ...keptMetadata && { keptMetadata },
    measurePsnr: false,
    // What a job finds in the place of its target or of a copy may be another's.
    ...keepsSmaller && { keepSmaller: { replacesCopy: false, replacesTarget: false } },
  };
}

/**
 * Submits jobs. The identity of one is its source's content, its target and its settings.
 *
 * @param jobs The jobs.
 * @param queue Where to.
 * @param onJob Told after each.
 * @returns How many were new, and why others were not submitted: their sources cannot be read.
 */
export async function submit(
  jobs: AsyncIterable<CompressJob> | Iterable<CompressJob>,
  queue: Pick<FarmQueue, "submit">,
  onJob: (job: CompressJob) => void = () => {},
): Promise<Submission> {
  let added = 0, duplicates = 0;
  const flying = new Set<Promise<void>>(), failed: string[] = [];
  for await (const job of jobs) {
    const flight = (async () => {
      const identity = await identityOf(job).catch((error) =>
        failed.push(`${job.source}: ${reasonOf(error)}`)
      );
      if (typeof identity === "number") return;
      if (await queue.submit(job, identity)) added++;
      else duplicates++;
      onJob(job);
    })();
    const landed = flight.finally(() => flying.delete(landed));
    flying.add(landed);
    const most = isRemote(job.source) ? IN_FLIGHT : FILES_IN_FLIGHT;
    while (flying.size >= most) await Promise.race(flying);
  }
  await Promise.all(flying);
  return { added, duplicates, failed };
}

async function identityOf(
  { source, target, options, keptMetadata, keepSmaller }: CompressJob,
): Promise<string> {
  const content = isRemote(source) ? source : await sha256Hex(await readWhole(source));
  return await sha256Hex(
    new TextEncoder().encode(
      JSON.stringify([
        content,
        source,
        target,
        options,
        ...keepSmaller ? [keepSmaller] : [],
        ...keptMetadata ? [keptMetadata] : [],
      ]),
    ),
  );
}

function absolute(address: string): string {
  if (isRemote(address) || isAbsolute(address)) return address;
  return `${Deno.cwd()}/${address.replace(/^\.\//, "")}`;
}
