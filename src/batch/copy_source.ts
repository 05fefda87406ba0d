import { Deno } from "../host/deno_api.ts";
import { about, FileError } from "./file_error.ts";
import type { CompressJob, JobFiles } from "./job.ts";
import { copyTargetOf } from "./copy_target.ts";
import { isSameFile, placeOf } from "./target_file.ts";
import { readWhole } from "./whole_file.ts";

/**
 * Puts the source in the place of a larger `.vaer` file. A copy that would be the source itself is not written, and an earlier
 * `.vaer` file that the new one would have replaced is removed.
 *
 * @param job The job, with `keepSmaller`.
 * @param bytes The whole source.
 * @param write Writes a target.
 * @returns Where the source's bytes are now.
 * @throws FileError If another file is in the place of the copy.
 */
export async function copySource(
  { source, target, keepSmaller }: CompressJob,
  bytes: Uint8Array,
  write: JobFiles["write"],
): Promise<string> {
  const copy = copyTargetOf(source, target, bytes);
  if (copy === target) {
    await write(copy, bytes);
    return copy;
  }
  if (!await isSameFile(source, copy)) {
    const isThere = (await about(copy, () => placeOf(copy))).kind === "file";
    if (!isThere || keepSmaller?.replacesCopy) await write(copy, bytes);
    else if (!equal(await readWhole(copy), bytes)) {
      throw new FileError(
        copy,
        `Cannot copy ${source}: there must be no other file of this name (got one). Give --force to replace it, or ` +
          "another name.",
      );
    }
  }
  if (keepSmaller?.replacesTarget && (await placeOf(target)).kind === "file") await Deno.remove(target);
  return copy;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
