/**
 * Paths of the system's own kind, by the runtime's `node:path`. Browsers, which have no files, get those of POSIX.
 *
 * @module
 */
import type { NodeProcess } from "./node.ts";

/** The part of `node:path` that is used here. */
interface NodePath {
  readonly sep: string;
  dirname(path: string): string;
  isAbsolute(path: string): boolean;
}

const { process } = globalThis as { process?: Partial<NodeProcess> };
const nodePath = process?.getBuiltinModule<NodePath>?.("node:path");

/** One or more separators. */
export const SEPARATOR_PATTERN: RegExp = nodePath?.sep === "\\" ? /[\\/]+/ : /\/+/;

/** The folder of a path. */
export function dirname(path: string): string {
  if (nodePath) return nodePath.dirname(path);
  const end = path.replace(/(?<=.)\/+$/, "").lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, Math.max(end, 1));
}

/** Whether a path begins at a root. */
export function isAbsolute(path: string): boolean {
  return nodePath ? nodePath.isAbsolute(path) : path.startsWith("/");
}
