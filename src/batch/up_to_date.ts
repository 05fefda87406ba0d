import { Deno } from "../host/deno_api.ts";
import config from "../../deno.json" with { type: "json" };
import { BitstreamError, inspect } from "../../mod.ts";
import { cachedRecords, type DoneRecords } from "./done_records.ts";
import { filedRecords } from "./record_files.ts";
import { about, FileError } from "./file_error.ts";
import { type FileTimes, sameContent, timesOf } from "./file_mark.ts";
import type { Job } from "./job.ts";
import { settingsOf } from "./job_settings.ts";

/** What is to be done about a target. */
export type TargetState =
  /** There is none. */
  | "absent"
  /** There is one that may be replaced. */
  | "outdated"
  /** There is one that may only be replaced by the same bytes. */
  | "foreign"
  /** Nothing is to be done. */
  | "up to date";

/** Hashes of what a job read and wrote. */
export interface ContentHashes {
  /** SHA-256 of the whole source, as hex. */
  readonly source: string;
  /** Of the target. */
  readonly target: string;
}

/** What is known of a job before it runs, from which a record is made afterwards. */
interface Beginning {
  readonly settings: string;
  readonly sourcePath: string;
  readonly source: FileTimes;
}

/**
 * Knows which targets are up to date: those that this package wrote from the same source with the same settings, and that
 * nothing has changed since.
 */
export class DoneJobs {
  readonly #records: DoneRecords;

  /** @param records Where they are kept; by default Deno's web cache, or files where there is none. */
  constructor(records: DoneRecords = (globalThis.caches ? cachedRecords : filedRecords)(config.version)) {
    this.#records = records;
  }

  /**
   * Tells whether a job needs doing.
   *
   * @param job The job; both addresses are files.
   * @param isCopy Whether the target is the place of a copy of the source.
   * @returns The state of its target.
   * @throws FileError When something is in the target's place that no such job made, so that replacing it would lose it.
   */
  async stateOf(job: Job, isCopy = false): Promise<TargetState> {
    const path = await realPathOf(job.target);
    if (path === undefined) return "absent";
    const record = await this.#records.get(path);
    const target = record && await sameContent(path, record.target);
    if (!record || !target) {
      return job.action === "compress" && !isCopy ? await stateOfVaer(job.target) : "foreign";
    }
    const sourcePath = await realPathOf(job.source);
    if (sourcePath !== record.sourcePath) {
      await refuseSibling(job, record.sourcePath, sourcePath);
      return "outdated";
    }
    if (await settingsOf(job) !== record.settings) return "outdated";
    const source = await sameContent(sourcePath, record.source);
    if (!source) return "outdated";
    if (source !== record.source || target !== record.target) {
      await this.#records.set(path, { ...record, source, target });
    }
    return "up to date";
  }

  /**
   * Notes what a job begins with. Call it before the source is read.
   *
   * @param job The job; its source is a file.
   * @returns Keeps a record of the job, once its target is written, there or in another place; never fails.
   */
  async begin(job: Job): Promise<(hashes: ContentHashes, target?: string) => Promise<void>> {
    const beginning = await this.#beginningOf(job).catch(() => undefined); // the job itself tells of what is wrong
    return async (hashes, written = job.target) => {
      if (!beginning) return;
      const { source, ...others } = beginning;
      try {
        const path = await Deno.realPath(written), target = await timesOf(path);
        await this.#records.set(path, {
          ...others,
          source: { ...source, sha256: hashes.source },
          target: { ...target, sha256: hashes.target },
        });
      } catch {
        // Without a record the job is done again.
      }
    };
  }

  async #beginningOf(job: Job): Promise<Beginning> {
    const sourcePath = await Deno.realPath(job.source);
    return { sourcePath, source: await timesOf(sourcePath), settings: await settingsOf(job) };
  }
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return await about(path, () => Promise.reject(error));
  }
}

/** A whole `.vaer` file may be the user's own. A damaged one may be replaced; what is none may not. */
async function stateOfVaer(target: string): Promise<TargetState> {
  if (!(await Deno.stat(target)).isFile) return "outdated";
  try {
    inspect(await Deno.readFile(target));
    return "foreign";
  } catch (cause) {
    if (!(cause instanceof BitstreamError && cause.code === "file-magic")) return "outdated";
    throw new FileError(
      target,
      "Cannot write it: a file of this name must be a .vaer file (got another). Give --force to replace it, or another folder with -d.",
      { cause },
    );
  }
}

/** A target must not go from one picture to another that stands beside it and differs in the ending. */
async function refuseSibling(
  { source, target }: Job,
  before: string,
  now: string | undefined,
): Promise<void> {
  const stem = (path: string | undefined) => path?.replace(/\.[^./\\]*$/, "");
  if (stem(before) !== stem(now) || await realPathOf(before) === undefined) return;
  throw new FileError(
    source,
    `Cannot compress it: its target ${target} must belong to one input (got also ${before}). Give ` +
      "--keep-ending, or --force to replace it.",
  );
}
