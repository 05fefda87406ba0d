import { Deno } from "../host/deno_api.ts";
import { sha256Hex } from "../models/sha256.ts";
import type { DoneRecord, DoneRecords } from "./done_records.ts";
import { writeWhole } from "./whole_file.ts";

/** Variables that name the folder for caches of the user, and what follows in it; the first one that is set counts. */
const CACHE_FOLDERS = [["XDG_CACHE_HOME", ""], ["LOCALAPPDATA", ""], ["HOME", "/.cache"]] as const;

/**
 * Records as small files in the user's folder for caches, for Node and Bun, which have no web cache. Where the folder cannot be
 * written nothing is kept.
 *
 * @param version Of what made the targets: records of other versions do not count.
 * @param root The folder for caches.
 */
export function filedRecords(version: string, root: string | undefined = cacheFolder()): DoneRecords {
  const folder = root === undefined ? undefined : `${root}/vaerans/targets-${version}`;
  const pathOf = async (targetPath: string) =>
    `${folder}/${await sha256Hex(new TextEncoder().encode(targetPath))}.json`;
  return {
    get: async (targetPath) => {
      try {
        if (folder === undefined) return undefined;
        return JSON.parse(await Deno.readTextFile(await pathOf(targetPath))) as DoneRecord;
      } catch {
        return undefined;
      }
    },
    set: async (targetPath, record) => {
      try {
        if (folder === undefined) return;
        await Deno.mkdir(folder, { recursive: true });
        await writeWhole(await pathOf(targetPath), new TextEncoder().encode(JSON.stringify(record)));
      } catch {
        // Without a record the job is done again.
      }
    },
  };
}

function cacheFolder(): string | undefined {
  for (const [variable, rest] of CACHE_FOLDERS) {
    const value = Deno.env.get(variable);
    if (value) return value + rest;
  }
  return undefined;
}
