import { assert, assertEquals, assertRejects } from "@std/assert";
import { encodePng } from "../../mod.ts";
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
  });
});

Deno.test("a pool stays within its memory, ends workers that have grown, and runs what is larger alone", async () => {
  await withFolder(async (folder) => {
    const sides = { small: 40, large: 400, huge: 800 };
    const costs: Record<string, number> = {};
    for (const [name, side] of Object.entries(sides)) {
      await Deno.writeFile(`${folder}/${name}.png`, await encodePng(syntheticPicture(side, side)));
      costs[name] = side * side * BYTES_A_PIXEL;
    }
    // Two workers with small pictures fit, or one with a large one; the huge one is more than there is.
    const memoryBytes = 2 * WORKER_BYTES + 2 * costs.small;
    const pool = new WorkerPool(3, { memoryBytes });
    assert(WORKER_BYTES + costs.large < memoryBytes && 2 * WORKER_BYTES + costs.large > memoryBytes);
    let most = 0, alone = 0;
    const run = async (name: string) => {
      const watch = setInterval(() => {
        const { memoryBytes: taken, jobs } = pool.load;
        if (taken > memoryBytes) alone = Math.max(alone, jobs);
        else most = Math.max(most, jobs);
      }, 1);
      try {
        return await pool.run(jobOf(`${folder}/${name}.png`));
      } finally {
        clearInterval(watch);
      }
    };
    try {
      const widths = await Promise.all(["small", "small", "small", "large", "small"].map(run));
      assertEquals(widths.map(({ width }) => width), [40, 40, 40, 400, 40]);
      assertEquals([most, alone], [2, 0]);
      assert(pool.load.memoryBytes <= memoryBytes);
      const huge = { ...costs, huge: memoryBytes };
      assert(huge.huge > 0);
      await Promise.all(["small", "huge", "small"].map(run));
      assert(alone <= 1);
    } finally {
      pool.close();
    }
    assertEquals(pool.load, { workers: 0, jobs: 0, memoryBytes: 0 });
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
        "none.png: there is no such file",
      );
    } finally {
      pool.close();
    }
  });
});
