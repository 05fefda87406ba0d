import { sha256Hex } from "../models/sha256.ts";
import type { FileMark } from "./file_mark.ts";

/** What made a target. */
export interface DoneRecord {
  /** SHA-256 of all settings that may change the target's bytes. */
  readonly settings: string;
  /** Real path of the source. */
  readonly sourcePath: string;
  /** The source as it was read. */
  readonly source: FileMark;
  /** The target as it was written. */
  readonly target: FileMark;
}

/** Where records are kept. Both functions never fail: without a record a job is done again. */
export interface DoneRecords {
  /** The record of a target, by its real path. */
  get(targetPath: string): Promise<DoneRecord | undefined>;
  /** Keeps a record; the latest of a target counts. */
  set(targetPath: string, record: DoneRecord): Promise<void>;
}

/**
 * Records in Deno's own web cache, which lies beside its package cache: they need no permission and leave no file in the
 * folders of the user. `deno clean` removes them. Where the cache cannot be written nothing is kept.
 *
 * @param version Of what made the targets: records of other versions do not count.
 */
export function cachedRecords(version: string): DoneRecords {
  const name = `vaerans-targets-${version}`;
  let opened: Promise<Cache | undefined> | undefined;
  const cache = () => opened ??= openCache(name);
  return {
    get: async (targetPath) => {
      try {
        const response = await (await cache())?.match(await addressOf(targetPath));
        const text = response?.headers.get(RECORD_HEADER);
        return text ? JSON.parse(decodeURIComponent(text)) as DoneRecord : undefined;
      } catch {
        return undefined;
      }
    },
    set: async (targetPath, record) => {
      try {
        // In a header, since Deno makes a file of each body.
        const headers = { [RECORD_HEADER]: encodeURIComponent(JSON.stringify(record)) };
        await (await cache())?.put(await addressOf(targetPath), new Response(null, { headers }));
      } catch {
        // Without a record the job is done again.
      }
    },
  };
}

const RECORD_HEADER = "x-vaerans-record";

async function openCache(name: string): Promise<Cache | undefined> {
  try {
    return await globalThis.caches.open(name);
  } catch {
    return undefined; // Deno's folder cannot be written
  }
}

/** An address that nothing is fetched from. */
async function addressOf(targetPath: string): Promise<string> {
  return `https://vaerans.invalid/${await sha256Hex(new TextEncoder().encode(targetPath))}`;
}
