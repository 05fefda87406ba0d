import { Deno } from "../host/deno_api.ts";
import { dirname } from "../deps/path.ts";
import { fromFolder } from "../models/paths.ts";
import { FileError, NOT_A_FILE } from "./file_error.ts";

/** What stands at an address to write to. */
export type TargetPlace =
  /** Nothing: `path` is where the new file goes, behind symbolic links that lead nowhere yet. */
  | { readonly kind: "absent"; readonly path: string }
  /** A regular file: `path` is the file itself, behind symbolic links. */
  | { readonly kind: "file"; readonly path: string; readonly info: Deno.FileInfo }
  /** A device, pipe or socket, which takes bytes and cannot be replaced. */
  | { readonly kind: "stream"; readonly path: string };

/**
 * Tells what stands at a target's address; symbolic links are followed, to the file or to where they would make one.
 *
 * @param path The address.
 * @returns What is there.
 * @throws FileError For a folder.
 */
export async function placeOf(path: string): Promise<TargetPlace> {
  const info = await unlessMissing(Deno.stat(path));
  if (info?.isDirectory) throw new FileError(path, NOT_A_FILE);
  if (info && !info.isFile) return { kind: "stream", path };
  if (info) return { kind: "file", path: await Deno.realPath(path), info };
  let end = path;
  while ((await unlessMissing(Deno.lstat(end)))?.isSymlink) {
    const next = await Deno.readLink(end);
    end = fromFolder(dirname(end), next);
  }
  return { kind: "absent", path: end };
}

/** The path of the file that a target's address leads to, beside which its part file goes; the address itself in vain. */
export async function replacedPath(path: string): Promise<string> {
  return await placeOf(path).then(({ path }) => path, () => path);
}

/** Whether two addresses lead to one file, by whatever links; `false` where there is no file. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([unlessMissing(Deno.stat(a)), unlessMissing(Deno.stat(b))]);
  if (!one || !other) return false;
  if (one.ino !== null && other.ino !== null) return one.ino === other.ino && one.dev === other.dev;
  return await Deno.realPath(a) === await Deno.realPath(b);
}

/**
 * Gives a new file the mode and owner of the one that it is to replace.
 *
 * @param path The new file.
 * @param info Of the old one.
 * @throws Deno.errors.PermissionDenied Where this user may not give files to the owner.
 */
export async function takeOver(path: string, { mode, uid, gid }: Deno.FileInfo): Promise<void> {
  const own = await Deno.stat(path);
  if (uid !== null && gid !== null && (own.uid !== uid || own.gid !== gid)) await Deno.chown(path, uid, gid);
  if (mode !== null) await Deno.chmod(path, mode & 0o7777);
}

/** What a call of the system gives; `undefined` where nothing is at the path. */
export async function unlessMissing(info: Promise<Deno.FileInfo>): Promise<Deno.FileInfo | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
