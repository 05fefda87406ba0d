import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import type { CompressJob } from "../../src/batch/job.ts";
import { BYTES_A_PIXEL, memoryOf, WORKER_BYTES } from "../../src/batch/job_memory.ts";
import { WorkerPool } from "../../src/batch/worker_pool.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const jobOf = (source: string): CompressJob => ({
  action: "compress",
  source,
  target: `${source}.vaer`,
  options: { model: "pixels", quality: 30, entropy: "static" },
  measurePsnr: false,
});

Deno.test("a job's memory is told by its file's header", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.png`, png = await encodePng(syntheticPicture(60, 40));
    await Deno.writeFile(path, png);
    assertEquals(await memoryOf(jobOf(path)), 60 * 40 * BYTES_A_PIXEL);
    assertEquals(await memoryOf(jobOf("elsewhere"), png), png.length + 60 * 40 * BYTES_A_PIXEL);
    assertEquals(await memoryOf(jobOf(`${folder}/none.png`)), 0);
    const refining = { ...jobOf(path), options: { effort: 7 } } as const;
    assertEquals(await memoryOf(refining) > 2 * await memoryOf(jobOf(path)), true);
  });
});

Deno.test("a pool stays within its memory, ends workers that have grown, and runs what is larger alone", async () => {
  await withFolder(async (folder) => {
    const sides = { small: 40, large: 400 };
    for (const [name, side] of Object.entries(sides)) {
      await Deno.writeFile(`${folder}/${name}.png`, await encodePng(syntheticPicture(side, side)));
    }
    const [small, large] = [sides.small ** 2 * BYTES_A_PIXEL, sides.large ** 2 * BYTES_A_PIXEL];
    // Two workers with small pictures fit, or one with a large one.
    for (const memoryBytes of [2 * (WORKER_BYTES + small), WORKER_BYTES + large / 2]) {
      const pool = new WorkerPool(3, { memoryBytes });
      const fits = memoryBytes > WORKER_BYTES + large;
      const seen: (typeof pool.load)[] = [];
      const watch = setInterval(() => seen.push(pool.load), 1);
      try {
        for (const names of [["small", "small", "small"], ["large"], ["small", "small"]]) {
          const results = await Promise.all(names.map((name) => pool.run(jobOf(`${folder}/${name}.png`))));
          assertEquals(results.map(({ width }) => width === sides.large ? "large" : "small"), names);
          assertEquals(pool.load.workers, names.includes("large") ? 0 : fits ? 2 : 1);
        }
      } finally {
        clearInterval(watch);
        pool.close();
      }
      assertEquals(Math.max(...seen.map(({ workers }) => workers)), fits ? 2 : 1);
      for (const { jobs, memoryBytes: taken } of seen) {
        assert(
          taken <= memoryBytes || (!fits && jobs <= 1),
          `${taken} of ${memoryBytes} bytes by ${jobs} jobs`,
        );
      }
      assertEquals(pool.load, { workers: 0, jobs: 0, memoryBytes: 0 });
    }
  });
});

Deno.test("room() waits until no job waits", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(30, 30)));
    const pool = new WorkerPool(1);
    try {
      await pool.room();
      let roomy = false;
      const jobs = [pool.run(jobOf(`${folder}/a.png`)), pool.run(jobOf(`${folder}/a.png`))];
      await Promise.resolve();
      const room = pool.room().then(() => roomy = true);
      await Promise.resolve();
      assertEquals(roomy, false);
      await room;
      await Promise.all(jobs);
      await assertRejects(
        () => pool.run(jobOf(`${folder}/none.png`)),
        Error,
        "none.png: Cannot read it: there must be a file (got none)",
      );
    } finally {
      pool.close();
    }
  });
});
