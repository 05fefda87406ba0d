import { assertEquals, assertRejects } from "@std/assert";
import { compress, type CompressOptions } from "../../mod.ts";
import type { DoneRecord, DoneRecords } from "../../src/batch/done_records.ts";
import { cachedRecords } from "../../src/batch/done_records.ts";
import { filedRecords } from "../../src/batch/record_files.ts";
import { FileError } from "../../src/batch/file_error.ts";
import type { CompressJob, DecompressJob, Job } from "../../src/batch/job.ts";
import { DoneJobs } from "../../src/batch/up_to_date.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { sha256Hex } from "../../src/models/sha256.ts";
import { withFolder } from "../with_folder.ts";

const file = await compress(syntheticPicture(24, 16), { quality: 20 });

/** Records of one test. */
function records(): DoneRecords {
  const map = new Map<string, DoneRecord>();
  return {
    get: (path) => Promise.resolve(map.get(path)),
    set: (path, record) => {
      map.set(path, record);
      return Promise.resolve();
    },
  };
}

interface Place {
  readonly folder: string;
  readonly source: string;
  readonly target: string;
  readonly done: DoneJobs;
  job(options?: CompressOptions): CompressJob;
  /** Does as if the job had run and written `bytes`. */
  run(job: Job, bytes?: Uint8Array<ArrayBuffer>): Promise<void>;
}

async function inFolder(work: (place: Place) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const source = `${folder}/a.png`, target = `${folder}/a.vaer`, done = new DoneJobs(records());
    await Deno.writeTextFile(source, "the source is only hashed");
    await work({
      folder,
      source,
      target,
      done,
      job: (options = { quality: 20 }) => ({
        action: "compress",
        source,
        target,
        options,
        measurePsnr: false,
      }),
      run: async (job, bytes = file) => {
        const keep = await done.begin(job);
        const source = await sha256Hex(await Deno.readFile(job.source));
        await Deno.writeFile(job.target, bytes);
        await keep({ source, target: await sha256Hex(bytes) });
      },
    });
  });
}

Deno.test("a target is up to date only with every setting that changes bytes", async () => {
  await inFolder(async ({ done, job, run }) => {
    assertEquals(await done.stateOf(job()), "absent");
    await run(job());
    assertEquals(await done.stateOf(job()), "up to date");
    assertEquals(await done.stateOf(job({ quality: 20, effort: 5, entropy: "context" })), "up to date");
    assertEquals(await done.stateOf(job({ quality: 20, workers: 3, device: "cpu" })), "up to date");
    const changes: CompressOptions[] = [
      { quality: 21 },
      { bytes: 4000 },
      { bpp: 1 },
      { psnr: 30 },
      { ssim: 0.9 },
      { lossless: true },
      { nearLossless: 20 },
      { quality: 20, model: "vaerans-8" },
      { quality: 20, model: "pixels" },
      { quality: 20, entropy: "static" },
      { quality: 20, effort: 6 },
      { quality: 20, tune: "psnr" },
      { quality: 20, metadata: false },
      { quality: 20, alphaError: 3 },
      { quality: 20, tileSide: 512 },
      { quality: 20, wavelet: "haar" },
      { quality: 20, levels: 2 },
      { quality: 20, device: "auto" },
    ];
    for (const options of changes) {
      assertEquals(await done.stateOf(job(options)), "outdated", JSON.stringify(options));
    }
    for (const options of changes) {
      await run(job(options));
      assertEquals(await done.stateOf(job(options)), "up to date", JSON.stringify(options));
      assertEquals(await done.stateOf(job()), "outdated", JSON.stringify(options));
    }
  });
});

Deno.test("--lossless and an error of 0 are one setting, and an error of 20 is another", async () => {
  await inFolder(async ({ done, job, run }) => {
    await run(job({ lossless: true }));
    assertEquals(await done.stateOf(job({ nearLossless: 0 })), "up to date");
    assertEquals(await done.stateOf(job({ nearLossless: 20 })), "outdated");
  });
});

Deno.test("a source of other content is noticed whatever its time and size", async () => {
  await inFolder(async ({ source, done, job, run }) => {
    const { mtime } = await Deno.stat(source);
    const text = await Deno.readTextFile(source);
    for (const time of [mtime!, new Date(mtime!.getTime() - 3_600_000), new Date()]) {
      await Deno.writeTextFile(source, text);
      await run(job());
      assertEquals(await done.stateOf(job()), "up to date");
      await Deno.writeTextFile(source, text.replace("only", "ONLY"));
      await Deno.utime(source, time, time);
      assertEquals(await done.stateOf(job()), "outdated");
    }
    await Deno.writeTextFile(source, `${text} and longer`);
    assertEquals(await done.stateOf(job()), "outdated");
  });
});

Deno.test("a source or target that only got another time is still up to date", async () => {
  await inFolder(async ({ source, target, done, job, run }) => {
    await run(job());
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(source, past, past);
    await Deno.utime(target, past, past);
    assertEquals(await done.stateOf(job()), "up to date");
    assertEquals(await done.stateOf(job()), "up to date");
  });
});

Deno.test("a target that another program wrote is kept, and a damaged or removed target is made again", async () => {
  await inFolder(async ({ target, done, job, run }) => {
    await Deno.writeFile(target, file); // not by a job
    assertEquals(await done.stateOf(job()), "foreign");
    await run(job());
    const damaged = file.slice();
    damaged[damaged.length - 1] ^= 1;
    for (const bytes of [damaged, file.subarray(0, file.length - 1)]) {
      const { mtime } = await Deno.stat(target);
      await Deno.writeFile(target, bytes);
      await Deno.utime(target, mtime!, mtime!);
      assertEquals(await done.stateOf(job()), "outdated");
    }
    await Deno.remove(target);
    assertEquals(await done.stateOf(job()), "absent");
  });
});

Deno.test("another source of the same name is done again, one that differs in its ending is refused", async () => {
  await inFolder(async ({ folder, source, done, job, run }) => {
    await Deno.mkdir(`${folder}/other`);
    await Deno.copyFile(source, `${folder}/other/a.png`);
    await Deno.copyFile(source, `${folder}/a.jpg`);
    await run(job());
    assertEquals(await done.stateOf({ ...job(), source: `${folder}/other/a.png` }), "outdated");
    const sibling = { ...job(), source: `${folder}/a.jpg` };
    await assertRejects(() => done.stateOf(sibling), FileError, "--keep-ending");
    await Deno.remove(source);
    assertEquals(await done.stateOf(sibling), "outdated");
  });
});

Deno.test("what no job wrote is not replaced: other files by no bytes, pictures by the same bytes only", async () => {
  await inFolder(async ({ source, target, done, job, run }) => {
    await Deno.writeTextFile(target, "something of the user's");
    await assertRejects(() => done.stateOf(job()), FileError, "--force");
    await Deno.writeFile(target, file);
    const back: DecompressJob = { action: "decompress", source: target, target: source, options: {} };
    assertEquals(await done.stateOf(back), "foreign");
    await run(back, new Uint8Array(3));
    assertEquals(await done.stateOf(back), "up to date");
    assertEquals(
      await done.stateOf({ ...back, options: { region: { x: 0, y: 0, width: 1, height: 1 } } }),
      "outdated",
    );
    await Deno.writeTextFile(source, "edited by the user");
    assertEquals(await done.stateOf(back), "foreign");
  });
});

Deno.test("records in files come back, other versions do not see them, and a folder that cannot be written keeps none", async () => {
  await inFolder(async ({ target }) => {
    const mark = { bytes: 1, modified: 2, changed: 3, inode: 4, marked: 5, sha256: "é/\n" };
    const record = { settings: "s", sourcePath: "/ünï/\u{1F4F7} \n", source: mark, target: mark };
    const root = `${target}-cache`;
    await filedRecords("test-1", root).set(target, record);
    assertEquals(await filedRecords("test-1", root).get(target), record);
    await filedRecords("test-1", root).set(target, { ...record, settings: "t" });
    assertEquals((await filedRecords("test-1", root).get(target))?.settings, "t");
    assertEquals(await filedRecords("test-2", root).get(target), undefined);
    assertEquals(await filedRecords("test-1", root).get(root), undefined);
    await Deno.writeTextFile(`${target}-file`, "no folder");
    const unkept = filedRecords("test-1", `${target}-file`);
    await unkept.set(target, record);
    assertEquals(await unkept.get(target), undefined);
  });
});

Deno.test("records in Deno's cache come back, and other versions do not see them", async () => {
  await inFolder(async ({ target, job }) => {
    await Deno.writeFile(target, file);
    const path = await Deno.realPath(target);
    const mark = { bytes: 1, modified: 2, changed: 3, inode: 4, marked: 5, sha256: "é/\n" };
    const record = { settings: "s", sourcePath: "/ünï/\u{1F4F7} \n", source: mark, target: mark };
    await cachedRecords("test-1").set(path, record);
    assertEquals(await cachedRecords("test-1").get(path), record);
    assertEquals(await cachedRecords("test-2").get(path), undefined);
    assertEquals(await cachedRecords("test-1").get(job().source), undefined);
    await caches.delete("vaerans-targets-test-1");
    await caches.delete("vaerans-targets-test-2");
  });
});
