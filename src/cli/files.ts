import { about, FileError, UsageError } from "./fail.ts";

/** Stands for standard input or output. */
export const STANDARD_STREAM = "-";

/** Reads a whole file, or standard input for "-". */
export async function readInput(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (path === STANDARD_STREAM) {
    return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
  }
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw new FileError(path, "there is no such file", { cause });
    if (cause instanceof Deno.errors.IsADirectory || (await isFolder(path))) {
      throw new FileError(path, "this is a folder; name a file", { cause });
    }
    throw new FileError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The path beside `input` with another ending; "-" for standard input. */
export function besideInput(input: string, ending: string): string {
  if (input === STANDARD_STREAM) return STANDARD_STREAM;
  return input.replace(/\.[^./\\]*$/, "") + ending;
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

/** Writes beside the target and renames, so that there is a whole file or none; to standard output for "-". */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (path === STANDARD_STREAM) {
    const writer = Deno.stdout.writable.getWriter();
    await writer.write(bytes);
    writer.releaseLock();
    return;
  }
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
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

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}
