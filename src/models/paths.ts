import { Deno } from "../host/deno_api.ts";
import * as systemPath from "../host/path.ts";

/** What depends on the system's kind of paths; tests put that of Windows in its place. */
export type PathKind = Pick<typeof systemPath, "dirname" | "isAbsolute" | "SEPARATOR_PATTERN">;

/**
 * The path of a file beneath a folder. Unlike `join` it keeps `..`: behind a symbolic link `link/../a` is another file
 * than `a`.
 *
 * @param folder The folder, with or without separators at its end.
 * @param name The file's place beneath it; empty for the folder itself.
 */
export function withinFolder(folder: string, name: string, kind: PathKind = systemPath): string {
  if (name === "") return folder;
  const bare = withoutEndSeparators(folder, kind);
  return endsWithSeparator(bare, kind) ? bare + name : `${bare}/${name}`;
}

/** A folder's path without separators at its end; those of a root stay. */
export function withoutEndSeparators(
  folder: string,
  { SEPARATOR_PATTERN, dirname }: PathKind = systemPath,
): string {
  const bare = folder.replace(new RegExp(`(?<=.)(?:${SEPARATOR_PATTERN.source})$`), "");
  // "C:" without its separator is the current folder of the drive.
  return dirname(folder) === folder && bare.endsWith(":") ? folder : bare;
}

function endsWithSeparator(path: string, { SEPARATOR_PATTERN }: PathKind): boolean {
  return new RegExp(`(?:${SEPARATOR_PATTERN.source})$`).test(path);
}

/** A path as it is seen from a folder: absolute ones as they are, others beneath the folder. */
export function fromFolder(folder: string, path: string, kind: PathKind = systemPath): string {
  if (kind.isAbsolute(path)) return path;
  const fromCurrent = new RegExp(`^\\.(?:${kind.SEPARATOR_PATTERN.source})(?=.)`);
  return withinFolder(folder, path.replace(fromCurrent, ""), kind);
}

/** Whether a text is a path with a folder, and not a bare name. */
export function namesFolder(text: string, { SEPARATOR_PATTERN }: PathKind = systemPath): boolean {
  return SEPARATOR_PATTERN.test(text);
}

/** Whether there is a file at a path, as far as this can be seen. */
export async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
