import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { decodePicture, inspect, InvalidValueError } from "../../mod.ts";
import { encodePng, ImageError } from "../../src/image/mod.ts";
import { FileError } from "../../src/batch/file_error.ts";
import type { CompressJob, JobResult } from "../../src/batch/job.ts";
import { type Outcome, runBatch } from "../../src/batch/run_batch.ts";
import { WorkerPool } from "../../src/batch/worker_pool.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { encode, gradient } from "../image/synthetic.ts";
import { withFolder } from "../with_folder.ts";

const compressJob = (source: string, target: string, effort = 1): CompressJob => ({
  action: "compress",
  source,
  target,
  options: { quality: 20, effort },
  measurePsnr: true,
});

Deno.test("a pool does more jobs than it has workers, and reports what each gave", async () => {
  await withFolder(async (folder) => {
    const pool = new WorkerPool(2);
    try {
      const names = ["a", "b", "c", "d"];
      for (const name of names) {
        await Deno.writeFile(`${folder}/${name}.png`, await encodePng(syntheticPicture(40, 30)));
      }
      const results = await Promise.all(
        names.map((name) => pool.run(compressJob(`${folder}/${name}.png`, `${folder}/${name}.vaer`))),
      );
      for (const { output, bytes, psnr } of results) {
        assertEquals([inspect(await Deno.readFile(output)).bytes, psnr! > 15], [bytes, true]);
      }
      await pool.run({
        action: "decompress",
        source: `${folder}/a.vaer`,
        target: `${folder}/back.png`,
        options: {},
      });
      assertEquals((await decodePicture(await Deno.readFile(`${folder}/back.png`))).width, 40);
    } finally {
      pool.close();
    }
  });
});

Deno.test("a pool's job that fails names the file, and the worker goes on", async () => {
  await withFolder(async (folder) => {
    const pool = new WorkerPool(1);
    try {
      await Deno.writeTextFile(`${folder}/bad.png`, "no picture");
      await Deno.writeFile(`${folder}/good.png`, await encodePng(syntheticPicture(24, 16)));
      await assertRejects(
        () => pool.run(compressJob(`${folder}/bad.png`, `${folder}/bad.vaer`)),
        Error,
        `${folder}/bad.png: Cannot read the picture`,
      );
      assertEquals((await pool.run(compressJob(`${folder}/good.png`, `${folder}/good.vaer`))).width, 24);
    } finally {
      pool.close();
    }
  });
});

Deno.test("an error of a pool's worker keeps its class, its code and its cause", async () => {
  await withFolder(async (folder) => {
    const pool = new WorkerPool(1);
    try {
      const jpeg = await encode("jpeg", gradient(30, 20));
      await Deno.writeFile(`${folder}/cut.jpg`, jpeg.subarray(0, 200));
      const damaged = await assertRejects(
        () => pool.run(compressJob(`${folder}/cut.jpg`, `${folder}/cut.vaer`)),
        FileError,
      );
      assertInstanceOf(damaged.cause, ImageError);
      assertEquals((damaged.cause as ImageError).code, "image-damaged");
      await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(24, 16)));
      const job = compressJob(`${folder}/a.png`, `${folder}/a.vaer`, 12);
      const wrong = await assertRejects(() => pool.run(job), FileError);
      assertInstanceOf(wrong.cause, InvalidValueError);
      assertEquals((wrong.cause as InvalidValueError).code, "effort-range");
    } finally {
      pool.close();
    }
  });
});

Deno.test("an abandoned pool rejects its jobs and leaves nothing half-written", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(1200, 800)));
    const pool = new WorkerPool(1);
    const job = compressJob(`${folder}/a.png`, `${folder}/a.vaer`, 9);
    const running = [assertRejects(() => pool.run(job)), assertRejects(() => pool.run(job))]; // one of them waits
    await new Promise((resolve) => setTimeout(resolve, 300));
    await pool.abandon();
    await Promise.all(running);
    await assertRejects(() => pool.run(job), Error, "abandoned");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.png"]);
  });
});

Deno.test("runBatch() goes on after a failure, and stops between jobs when told to", async () => {
  const done: string[] = [], outcomes: Outcome[] = [];
  const pool = {
    runStaged: (job: { source: string }) => {
      done.push(job.source);
      if (job.source === "b") return Promise.reject(new Error("b is bad"));
      return Promise.resolve({ result: { input: job.source } as JobResult });
    },
  };
  await withFolder(async (folder) => {
    const jobs = ["a", "b", "c", "d", "e"].map((name) => compressJob(name, `${folder}/${name}.vaer`));
    await runBatch(jobs, pool, {
      lanes: 1,
      force: false,
      stopping: () => done.includes("c"),
      onOutcome: (outcome) => outcomes.push(outcome),
    });
  });
  assertEquals(done, ["a", "b", "c"]);
  assertEquals(outcomes.map(({ status }) => status), ["done", "failed", "done"]);
});
