import { FileError } from "../batch/file_error.ts";
import { readWhole, writeWhole } from "../batch/whole_file.ts";
import { withoutEnding } from "../batch/targets.ts";
import { UsageError } from "./fail.ts";

/** Stands for standard input or output. */
export const STANDARD_STREAM = "-";

/** Reads a whole file, or standard input for "-". */
export async function readInput(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (path !== STANDARD_STREAM) return await readWhole(path);
  return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
}

/** The path beside `input` with another ending; "-" for standard input. */
export function besideInput(input: string, ending: string): string {
  return input === STANDARD_STREAM ? STANDARD_STREAM : withoutEnding(input) + ending;
}

/** Refuses an output that is the input, or that exists unless `force`: before any work is done. */
export async function checkOutput(output: string, input: string, force: boolean): Promise<void> {
  if (output === STANDARD_STREAM) return;
  if (output === input) {
    throw new UsageError(`${output}: input and output are the same file; choose another with -o`);
  }
  let exists = true;
  try {
    const { isDirectory } = await Deno.lstat(output);
    if (isDirectory) throw new FileError(output, "this is a folder; name a file with -o");
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    exists = false;
  }
  if (exists && !force) {
    throw new FileError(output, "the file exists; give --force to replace it, or another name with -o");
  }
}

/** Writes a whole file or none; to standard output for "-". */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (path !== STANDARD_STREAM) return await writeWhole(path, bytes);
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
}
