import { about, FileError } from "./file_error.ts";

/** Reads a file; errors: {@linkcode FileError} in plain words. */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await plainly(path, () => Deno.readFile(path));
}

/** Opens a file for reading; errors as of {@linkcode readWhole}. */
export async function openFile(path: string): Promise<Deno.FsFile> {
  if (await isFolder(path)) throw new FileError(path, "this is a folder; name a file");
  return await plainly(path, () => Deno.open(path));
}

async function plainly<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new FileError(path, "there is no such file", { cause });
    if (cause instanceof Deno.errors.IsADirectory || (await isFolder(path))) {
      throw new FileError(path, "this is a folder; name a file", { cause });
    }
    throw new FileError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Where a file is written before it takes its name. */
export function partPath(path: string, token: string = newToken()): string {
  return `${path}.${token}.part`;
}

/** Tells the part files of one job from another's. */
function newToken(): string {
  return crypto.randomUUID().slice(0, 8);
}

/**
 * Writes beside the target and renames, so that there is a whole file or none.
 *
 * @param path The target; its folder must exist.
 * @param bytes The content.
 * @param part Where to write first.
 */
export async function writeWhole(path: string, bytes: Uint8Array, part = partPath(path)): Promise<void> {
  await about(path, async () => {
    try {
      await Deno.writeFile(part, bytes, { createNew: true });
      await Deno.rename(part, path);
    } catch (cause) {
      await Deno.remove(part).catch(() => {});
      if (cause instanceof Deno.errors.NotFound) throw new Error("the folder does not exist", { cause });
      throw cause;
    }
  });
}

/** Whether a path is a folder; false when there is nothing. */
export async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
