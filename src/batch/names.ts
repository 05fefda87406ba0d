import * as systemPath from "../deps/path.ts";
import type { PathKind as PathParts } from "../models/paths.ts";

/** What depends on the system's kind of paths; tests put that of Windows in its place. */
type PathKind = PathParts & Pick<typeof systemPath, "basename" | "extname" | "isGlob">;

/** The ending of a file's name in lower case, without its dot; empty without one, as of `.profile`. */
export function endingOf(path: string, { extname }: Pick<PathKind, "extname"> = systemPath): string {
  return extname(path).slice(1).toLowerCase();
}

/** The path without its ending, if it is one of those given. */
export function withoutEnding(
  path: string,
  endings: ReadonlySet<string>,
  kind: PathKind = systemPath,
): string {
  return endings.has(endingOf(path, kind)) ? path.slice(0, -kind.extname(path).length) : path;
}

/** Whether a text is a pattern of file names. On Windows a backslash separates parts and escapes nothing. */
export function isPattern(text: string, { isGlob, SEPARATOR_PATTERN }: PathKind = systemPath): boolean {
  return text.split(SEPARATOR_PATTERN).some((part) => isGlob(part));
}

/** A pattern of file names, cut before its first part that is no plain name. */
export interface PatternParts {
  /** The folder to search; `.` for the current one. */
  readonly folder: string;
  /** Whether the pattern names the folder, so that paths begin with it. */
  readonly isFolderNamed: boolean;
  /** Parts of the pattern beneath the folder. */
  readonly rest: readonly string[];
}

/** Cuts a pattern such as `photos/*.jpg`. */
export function patternParts(pattern: string, kind: PathKind = systemPath): PatternParts {
  const parts = pattern.split(kind.SEPARATOR_PATTERN);
  const fixed = parts.findIndex((part) => kind.isGlob(part));
  let folder = pattern;
  while (isPattern(folder, kind)) folder = kind.dirname(folder);
  return { folder, isFolderNamed: fixed > 0, rest: parts.slice(fixed) };
}
