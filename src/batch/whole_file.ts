import { Deno } from "../host/deno_api.ts";
import { basename } from "../deps/path.ts";
import { crc32c } from "../format/crc32c.ts";
import { about, FileError, missingReason, NOT_A_FILE, reasonOf } from "./file_error.ts";
import { placeOf, takeOver } from "./target_file.ts";

/** Reads a file; errors: {@linkcode FileError} in plain words. */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await plainly(path, () => Deno.readFile(path));
}

/** Opens a file for reading; errors as of {@linkcode readWhole}. */
export async function openFile(path: string): Promise<Deno.FsFile> {
  if (await isFolder(path)) throw new FileError(path, NOT_A_FILE);
  return await plainly(path, () => Deno.open(path));
}

async function plainly<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new FileError(path, missingReason(path), { cause });
    if (cause instanceof Deno.errors.IsADirectory || (await isFolder(path))) {
      throw new FileError(path, NOT_A_FILE, { cause });
    }
    throw new FileError(path, reasonOf(cause), { cause });
  }
}

/** Most bytes of a part file's name that takes in the whole name of its target: file systems allow 143 (eCryptfs) or 255. */
const PART_NAME_BYTES = 143;

/**
 * Where a file is written before it takes its name: in the same folder. The name of the target is cut where the longer name
 * could be too long for the file system; its checksum then tells it from others that begin alike.
 *
 * @param path The target.
 * @param token Tells the part files of one job from another's.
 */
export function partPath(path: string, token: string = newToken()): string {
  const ending = `.${token}.part`, name = basename(path), room = PART_NAME_BYTES - ending.length;
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= room) return path + ending;
  const check = `.${crc32c(bytes).toString(16).padStart(8, "0")}`;
  const target = new Uint8Array(room - check.length);
  const kept = name.slice(0, new TextEncoder().encodeInto(name, target).read);
  return path.slice(0, path.lastIndexOf(name)) + kept + check + ending;
}

function newToken(): string {
  return crypto.randomUUID().slice(0, 8);
}

/**
 * Writes a target: a new file appears whole or not at all, and a regular file is replaced as a whole, with its mode and
 * owner kept. Symbolic links stay and their file is written. A device, pipe or socket takes the bytes as they are.
 *
 * A file whose owner this user cannot keep, or in whose folder no second file may be made, is written in place.
 *
 * @param path The target; its folder must exist.
 * @param bytes The content.
 * @param part Where a file is written first; in the folder of the target, behind its links.
 * @throws FileError That names the target.
 */
export async function writeWhole(path: string, bytes: Uint8Array, part?: string): Promise<void> {
  await about(path, async () => {
    const place = await placeOf(path);
    if (place.kind === "stream") return await writeInto(place.path, bytes);
    const replaced = place.kind === "file" ? place.info : undefined;
    try {
      await writeBeside(place.path, bytes, part ?? partPath(place.path), replaced);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) {
        throw new Error(
          "Cannot write it: its folder must exist (got none). Make the folder, or name another.",
          { cause },
        );
      }
      if (!(replaced && isForbidden(cause))) throw cause;
      await writeInto(place.path, bytes, bytes.length);
    }
  });
}

async function writeBeside(
  path: string,
  bytes: Uint8Array,
  part: string,
  replaced: Deno.FileInfo | undefined,
): Promise<void> {
  try {
    await Deno.writeFile(part, bytes, { createNew: true });
    if (replaced) await takeOver(part, replaced);
    await Deno.rename(part, path);
  } catch (cause) {
    await Deno.remove(part).catch(() => {});
    throw cause;
  }
}

/** Writes to what is there already. A regular file then ends behind `length` bytes. */
async function writeInto(path: string, bytes: Uint8Array, length?: number): Promise<void> {
  using file = await Deno.open(path, { write: true });
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  if (length !== undefined) await file.truncate(length);
}

function isForbidden(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
}

/** Whether a path is a folder; false when there is nothing. */
async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
