import { assertEquals, assertRejects } from "@std/assert";
import { compress, type CompressOptions } from "../../mod.ts";
import { FileError } from "../../src/batch/file_error.ts";
import type { CompressJob, DecompressJob } from "../../src/batch/job.ts";
import { targetState } from "../../src/batch/up_to_date.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const file = await compress(syntheticPicture(24, 16), { quality: 20 });

async function inFolder(
  work: (
    paths: { source: string; target: string },
    job: (options?: CompressOptions) => CompressJob,
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const source = `${folder}/a.png`, target = `${folder}/a.vaer`;
    await Deno.writeTextFile(source, "the source is not read");
    await work(
      { source, target },
      (options = { quality: 20 }) => ({ action: "compress", source, target, options, measurePsnr: false }),
    );
  });
}

Deno.test("targetState() takes a newer target of the same quality and model for done", async () => {
  await inFolder(async ({ target }, job) => {
    assertEquals(await targetState(job()), "absent");
    await Deno.writeFile(target, file);
    assertEquals(await targetState(job()), "up to date");
    assertEquals(await targetState(job({ quality: 20, model: "vaerans-8" })), "up to date");
    assertEquals(await targetState(job({ quality: 21 })), "outdated");
    assertEquals(await targetState(job({ quality: 20, model: "vaerans-4" })), "outdated");
    assertEquals(await targetState(job({ bytes: 4000 })), "outdated");
    assertEquals(await targetState(job({ lossless: true })), "outdated");
  });
});

Deno.test("targetState() wants an older or damaged target made again", async () => {
  await inFolder(async ({ source, target }, job) => {
    await Deno.writeFile(target, file.subarray(0, file.length - 1));
    assertEquals(await targetState(job()), "outdated");
    await Deno.writeFile(target, file);
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(target, past, past);
    assertEquals(await targetState(job()), "outdated");
    await Deno.utime(source, past, past);
    assertEquals(await targetState(job()), "up to date");
  });
});

Deno.test("targetState() refuses to replace what no job made", async () => {
  await inFolder(async ({ source, target }, job) => {
    await Deno.writeTextFile(target, "something of the user's");
    await assertRejects(() => targetState(job()), FileError, "--force");
    // Decompressing beside an original must not take its place.
    await Deno.writeFile(target, file);
    const back: DecompressJob = { action: "decompress", source: target, target: source, options: {} };
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(source, past, past);
    await assertRejects(() => targetState(back), FileError, "--force");
  });
});
