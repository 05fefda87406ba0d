import { Deno } from "../host/deno_api.ts";
import { sha256Hex } from "../models/sha256.ts";

/** What tells a file's content from another's, without reading it where nothing has touched the file. */
export interface FileMark {
  /** Size in bytes. */
  readonly bytes: number;
  /** When the content was last written, in milliseconds since 1970; 0 where the system does not tell. */
  readonly modified: number;
  /** When the content, name or owner was last changed, in the same unit; a program cannot set this time. */
  readonly changed: number;
  /** Number of the file in its file system; 0 where there is none. */
  readonly inode: number;
  /** When the mark was made. */
  readonly marked: number;
  /** SHA-256 of the content, as hex. */
  readonly sha256: string;
}

/** The times of a file, taken before its content is read. */
export type FileTimes = Omit<FileMark, "sha256">;

/** File systems tell times in steps of up to so long: within it a second change leaves no mark. */
const LONGEST_CLOCK_STEP_MILLISECONDS = 2000;

/** The size and times of a file, of the one behind a symbolic link; errors: as `Deno.stat`. */
export async function timesOf(path: string): Promise<FileTimes> {
  const marked = Date.now();
  const { size, mtime, ctime, ino } = await Deno.stat(path);
  const [modified, changed] = [mtime, ctime].map((time) => time?.getTime() ?? 0);
  return { bytes: size, modified, changed, inode: ino ?? 0, marked };
}

/**
 * Compares a file with an earlier mark: by size and times, and by content where these cannot tell.
 *
 * @param path The file.
 * @param mark Made earlier.
 * @returns A mark of now if the content is the same, else `undefined`; also where there is no file.
 */
export async function sameContent(path: string, mark: FileMark): Promise<FileMark | undefined> {
  try {
    const now = await timesOf(path);
    if (now.bytes !== mark.bytes) return undefined;
    const untouched = now.modified === mark.modified && now.changed === mark.changed &&
      now.inode === mark.inode && mark.changed > 0 &&
      mark.changed + LONGEST_CLOCK_STEP_MILLISECONDS < mark.marked;
    if (untouched) return mark;
    const sha256 = await sha256Hex(await Deno.readFile(path));
    return sha256 === mark.sha256 ? { ...now, sha256 } : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
