import { Deno } from "../host/deno_api.ts";
import { globToRegExp } from "../deps/glob.ts";
import { basename } from "../deps/path.ts";
import { FileError, reasonOf } from "./file_error.ts";
import { withinFolder, withoutEndSeparators } from "../models/paths.ts";
import { isPattern, patternParts } from "./names.ts";

/** A file found for a batch. */
export interface SourceFile {
  /** Where to read it. */
  readonly path: string;
  /** Its place beneath the folder that was named, which targets keep. */
  readonly name: string;
}

/** What was named and what was found. */
export interface Sources {
  /** In the order named, each folder's files by name; no path twice. */
  readonly files: SourceFile[];
  /** Named, but not there. */
  readonly missing: string[];
  /** In folders, but not wanted. */
  readonly unwanted: string[];
}

/** Whether arguments mean several files: a folder, a pattern, or more than one. */
export async function meansSeveral(inputs: readonly string[]): Promise<boolean> {
  if (inputs.length > 1) return true;
  const [input] = inputs;
  if (input === undefined) return false;
  const info = await statOf(input);
  return info ? info.isDirectory : isPattern(input);
}

/**
 * Finds files: those named, those in folders and their subfolders, those that match patterns (`*`, `**`, `?`, `[…]`,
 * `{…}`). Names that begin with a dot are passed over unless they are named themselves.
 *
 * Where several folders are named, names begin with the folder's own, so that targets stay apart.
 *
 * @param inputs What the user named.
 * @param wanted Which of the files in folders to take; those named or matched are always taken.
 * @param outputFolder Where targets go: a folder beneath those named, which is passed over, so that targets of an earlier run
 *   are no sources.
 * @returns The files.
 */
export async function findSources(
  inputs: readonly string[],
  wanted: (path: string) => boolean | Promise<boolean>,
  outputFolder?: string,
): Promise<Sources> {
  const files = new Map<string, SourceFile>(), missing: string[] = [], unwanted: string[] = [];
  const output = outputFolder === undefined ? undefined : await statOf(outputFolder);
  const add = (path: string, name: string) => files.has(path) || files.set(path, { path, name });
  for (const input of inputs) {
    const info = await statOf(input);
    if (info?.isDirectory) {
      const root = withoutEndSeparators(input);
      const own = basename(root), within = inputs.length > 1 && /[^./\\:]/.test(own) ? `${own}/` : "";
      for await (const name of walk(root, "", Infinity, output)) {
        const path = withinFolder(root, name);
        if (await wanted(path)) add(path, within + name);
        else unwanted.push(path);
      }
    } else if (info) {
      add(input, basename(input));
    } else if (isPattern(input)) {
      let found = false;
      for await (const { path, name } of matches(input, output)) {
        found = true;
        add(path, name);
      }
      if (!found) missing.push(input);
    } else {
      missing.push(input);
    }
  }
  return { files: [...files.values()], missing, unwanted };
}

async function* matches(pattern: string, output: Deno.FileInfo | undefined): AsyncGenerator<SourceFile> {
  const { folder, isFolderNamed, rest } = patternParts(pattern);
  const expression = globToRegExp(rest.join("/"), { globstar: true });
  const depth = rest.includes("**") ? Infinity : rest.length;
  for await (const name of walk(folder, "", depth, output)) {
    if (expression.test(name)) yield { path: isFolderNamed ? withinFolder(folder, name) : name, name };
  }
}

/** Names of the files beneath a folder, relative to it, sorted within each folder. */
async function* walk(
  root: string,
  inside: string,
  depth: number,
  output: Deno.FileInfo | undefined,
): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [];
    for await (const entry of Deno.readDir(withinFolder(root, inside))) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new FileError(withinFolder(root, inside), reasonOf(error), { cause: error });
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory) {
      if (depth <= 1 || (output && await isFolder(withinFolder(root, name), output))) continue;
      yield* walk(root, name, depth - 1, output);
    } else if (entry.isFile || (await statOf(withinFolder(root, name)))?.isFile) {
      yield name; // links to files count, links to folders do not: they may lead in a circle
    }
  }
}

async function isFolder(path: string, { dev, ino }: Deno.FileInfo): Promise<boolean> {
  const info = await statOf(path);
  return ino !== null && info?.ino === ino && info.dev === dev;
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(path).catch(() => undefined);
}
