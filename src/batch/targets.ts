import { basename, dirname } from "../deps/path.ts";
import { Deno } from "../host/deno_api.ts";
import { withinFolder } from "../models/paths.ts";
import { withoutEnding } from "./names.ts";
import { PICTURE_ENDINGS } from "./picture_files.ts";
import type { SourceFile } from "./sources.ts";
import { about } from "./file_error.ts";
import { isSameFile } from "./target_file.ts";

/** Ending of compressed files, with its dot. */
const VAER = ".vaer";

/**
 * Names a target; the name depends on the source's own name and folder alone.
 *
 * @param name The source's path or name.
 * @param isBeside Whether the target goes into the folder of its source.
 * @returns The same with another ending.
 */
export type TargetNaming = (name: string, isBeside: boolean) => string;

/** A source and where it goes. */
export interface Assignment {
  /** What to read. */
  readonly source: SourceFile;
  /** What to write. */
  readonly target: string;
}

/** Sources whose names lead to one target. */
export interface Clash {
  /** What would be written. */
  readonly target: string;
  /** Two or more. */
  readonly sources: readonly SourceFile[];
}

/**
 * Names of compressed pictures: `photo.jpg` gives `photo.vaer`. An ending that is no picture's stays: `photo.2024` gives
 * `photo.2024.vaer`.
 *
 * @param keepEnding Keep the picture's ending, too: `photo.jpg.vaer`, so that `photo.png` beside it gives another name.
 */
export function compressedNaming(keepEnding: boolean): TargetNaming {
  return (name) => (keepEnding ? name : withoutEnding(name, PICTURE_ENDINGS)) + VAER;
}

/**
 * Names of decompressed pictures: `photo.vaer` gives `photo.decoded.png` in its own folder, where `photo.png` may be the
 * original, and `photo.png` in another folder.
 *
 * @param ending Of the picture, without a dot.
 */
export function decompressedNaming(ending: string): TargetNaming {
  return (name, isBeside) => `${withoutEnding(name, VAER_ENDINGS)}${isBeside ? ".decoded" : ""}.${ending}`;
}

/**
 * Assigns the targets: beside the sources, or in another folder with the structure kept.
 *
 * @param sources The sources.
 * @param naming How targets are named.
 * @param folder Where to write; beside the sources if not given.
 * @returns A target for each source, all different, and the sources that would have had one target together. Of sources that
 *   are one file and have one target, the first.
 */
export async function assignTargets(
  sources: readonly SourceFile[],
  naming: TargetNaming,
  folder?: string,
): Promise<{ readonly assignments: Assignment[]; readonly clashes: Clash[] }> {
  const byTarget = new Map<string, { readonly target: string; readonly sources: SourceFile[] }>();
  const folders = new Map<string, Promise<string>>();
  const realFolder = (path: string) => {
    const known = folders.get(path) ?? Deno.realPath(path).catch(() => path);
    folders.set(path, known);
    return known;
  };
  for (const source of sources) {
    const target = await targetOf(source, naming, folder);
    const key = `${await realFolder(dirname(target))}/${basename(target)}`;
    const known = byTarget.get(key);
    if (!known) byTarget.set(key, { target, sources: [source] });
    else if (!await isAmong(source, known.sources)) known.sources.push(source);
  }
  const assignments: Assignment[] = [], clashes: Clash[] = [];
  for (const { target, sources } of byTarget.values()) {
    if (sources.length === 1) assignments.push({ source: sources[0], target });
    else clashes.push({ target, sources });
  }
  return { assignments, clashes };
}

/** Whether a source is one of the files, named in another way or by a link. */
async function isAmong({ path }: SourceFile, others: readonly SourceFile[]): Promise<boolean> {
  for (const other of others) if (await about(path, () => isSameFile(path, other.path))) return true;
  return false;
}

async function targetOf(
  { path, name }: SourceFile,
  naming: TargetNaming,
  folder: string | undefined,
): Promise<string> {
  if (folder === undefined) return naming(path, true);
  const place = withinFolder(folder, name);
  const isBeside = await about(place, () => isSameFile(dirname(path), dirname(place)));
  return naming(place, isBeside);
}

/** Why the sources of a clash are not worked on, one line each. */
export function clashReasons(
  { target, sources }: Clash,
): { readonly path: string; readonly reason: string }[] {
  const differ = new Set(sources.map(({ name }) => name)).size > 1;
  const remedy = differ ? "Give --keep-ending." : "Write them to different folders with -d.";
  return sources.map(({ path }) => {
    const others = sources.filter((source) => source.path !== path).map(({ path }) => path).join(", ");
    return {
      path,
      reason:
        `${path}: Cannot write it: its target ${target} must belong to one input (got also ${others}). ${remedy}`,
    };
  });
}

const VAER_ENDINGS: ReadonlySet<string> = new Set(["vaer"]);
