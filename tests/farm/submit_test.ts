import { assert, assertEquals, assertRejects } from "@std/assert";
import { queueRates } from "../../scripts/queue_rates.ts";
import { linesOf } from "../../src/farm/lines.ts";
import { jobsOfManifest } from "../../src/farm/submit.ts";
import { withQueue, withServer } from "./farm_cli.ts";

Deno.test("a manifest's lines become jobs, and a wrong one is told by its number", async () => {
  const jobsOf = (text: string) =>
    Array.fromAsync(jobsOfManifest(linesOf(new Blob([text]).stream()), { quality: 9 }));
  const jobs = await jobsOf('{"source":"/a.png","target":"/a.vaer","options":{"effort":2}}\n\n');
  assertEquals(jobs.map(({ source, target, options }) => [source, target, options]), [
    ["/a.png", "/a.vaer", { quality: 9, effort: 2 }],
  ]);
  await assertRejects(() => jobsOf("\nnonsense"), SyntaxError, "line 2");
  await assertRejects(() => jobsOf('{"source":"/a"}'), SyntaxError, "source and target");
});

Deno.test("lines come out whole, however the text is cut", async () => {
  const bytes = new TextEncoder().encode("grün\n\nblau\nrot");
  for (const step of [1, 2, 3, 100]) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / step) },
      (_, i) => bytes.slice(i * step, (i + 1) * step),
    );
    assertEquals(await Array.fromAsync(linesOf(ReadableStream.from(pieces))), ["grün", "", "blau", "rot"]);
  }
});

/** Of 100,000 `deno task farm-record` tells, see bench/results/farm.tsv. */
const TRIVIAL_JOBS = 3000, MOST_GROWTH_BYTES = 2 ** 26;

withServer(
  "thousands of jobs are submitted, counted and drained in memory that does not grow with them",
  async (server) => {
    await withQueue(server.url, async (queue) => {
      const rates = await queueRates(queue, TRIVIAL_JOBS);
      assertEquals(rates.map(({ what }) => what), ["submit", "submit again", "status", "drain"]);
      for (const { what, perSecond, earlyBytes, lateBytes } of rates) {
        assert(perSecond > 0);
        assert(
          lateBytes - earlyBytes < MOST_GROWTH_BYTES,
          `${what}: from ${earlyBytes} to ${lateBytes} bytes`,
        );
      }
      assertEquals(await queue.isEmpty(), true);
    });
  },
);
