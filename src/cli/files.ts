import { Deno } from "../host/deno_api.ts";
import { about, FileError } from "../batch/file_error.ts";
import { endingOf } from "../batch/names.ts";
import { PICTURE_ENDINGS } from "../batch/picture_files.ts";
import { isSameFile, placeOf, replacedPath, unlessMissing } from "../batch/target_file.ts";
import { partPath, readWhole, writeWhole } from "../batch/whole_file.ts";
import { UsageError } from "./fail.ts";
import { INTERRUPTED, onInterrupt } from "./interrupt.ts";

/** Stands for standard input or output. */
export const STANDARD_STREAM = "-";

/** Other names of standard input and output, which Deno opens for programs with all permissions only. */
const STANDARD_INPUTS: readonly string[] = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];
const STANDARD_OUTPUTS: readonly string[] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** "-" for standard input under any of its names; other inputs as they are. */
export function namedInput(path: string): string {
  return STANDARD_INPUTS.includes(path) ? STANDARD_STREAM : path;
}

/** "-" for standard output under any of its names; other outputs as they are. */
export function namedOutput<T extends string | undefined>(path: T): T | typeof STANDARD_STREAM {
  return path !== undefined && STANDARD_OUTPUTS.includes(path) ? STANDARD_STREAM : path;
}

/** Reads a whole file, or standard input for "-". */
export async function readInput(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (namedInput(path) !== STANDARD_STREAM) return await readWhole(path);
  return await about(
    "standard input",
    async () => new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer()),
  );
}

/**
 * Refuses an output that is the input, or a file that exists unless `force`: before any work is done. Devices, pipes and
 * sockets take bytes without being replaced, and are not refused.
 *
 * @param remedy What to do about a file that exists: a sentence without its full stop.
 */
export async function checkOutput(
  output: string,
  input: string,
  force: boolean,
  remedy = "Give --force to replace it, or another name with -o",
): Promise<void> {
  if (output === STANDARD_STREAM) return refuseTerminal();
  const place = await about(output, () => placeOf(output));
  if (place.kind === "stream") return;
  if (
    output === input || (input !== STANDARD_STREAM && await about(input, () => isSameFile(output, input)))
  ) {
    throw new UsageError(
      `output and input must be different files (got ${output} for both)`,
      "Choose another output with -o.",
    );
  }
  if (place.kind === "file" && !force) {
    throw new FileError(output, `Cannot write it: there must be no file of this name (got one). ${remedy}.`);
  }
}

/** Refuses a path for outputs that is there and no folder. */
export async function checkFolder(path: string): Promise<void> {
  const info = await about(path, () => unlessMissing(Deno.stat(path)));
  if (!info || info.isDirectory) return;
  throw new FileError(
    path,
    "Cannot use it: -d must name a folder (got a file). Name a folder, or correct the path.",
  );
}

/** Refuses to write the bytes of a picture to a terminal, which would show them as text. */
function refuseTerminal(): void {
  if (!Deno.stdout.isTerminal()) return;
  throw new UsageError(
    "standard output must be a file or a pipe (got a terminal)",
    "Name a file with -o, or redirect the output.",
  );
}

/**
 * Refuses to give a compressed file the name of a picture, under which no other program could read it, or to replace the
 * picture that a symbolic link leads to.
 */
export async function checkCompressedName(output: string): Promise<void> {
  const written = output === STANDARD_STREAM ? output : await replacedPath(output);
  if (!PICTURE_ENDINGS.has(endingOf(written)) && !PICTURE_ENDINGS.has(endingOf(output))) return;
  throw new UsageError(
    `the name of a .vaer file must not have a picture's ending (got ${
      PICTURE_ENDINGS.has(endingOf(output)) ? output : `${output}, a link to ${written}`
    })`,
    "compress writes .vaer files: give a name that ends in .vaer.",
  );
}

/** Writes a whole file or none, see {@linkcode writeWhole}; to standard output for "-". */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (namedOutput(path) !== STANDARD_STREAM) return await writeUninterrupted(path, bytes);
  const writer = Deno.stdout.writable.getWriter();
  try {
    await about("standard output", () => writer.write(bytes));
  } finally {
    writer.releaseLock();
  }
}

/** An interrupt in the middle of writing ends the program after the unfinished file is removed. */
async function writeUninterrupted(path: string, bytes: Uint8Array): Promise<void> {
  const part = partPath(await replacedPath(path));
  let isInterrupted = false;
  const stopListening = onInterrupt(async () => {
    isInterrupted = true;
    await Deno.remove(part).catch(() => {});
    Deno.exit(INTERRUPTED);
  });
  try {
    await writeWhole(path, bytes, part);
  } catch (error) {
    // The interrupt took the unfinished file away, so that renaming it failed.
    if (isInterrupted) Deno.exit(INTERRUPTED);
    throw error;
  } finally {
    stopListening();
  }
}
