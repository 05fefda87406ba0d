/**
 * Measures what the queue itself costs: submits trivial jobs, hands them out and acknowledges them.
 *
 * ```sh
 * nats-server -js -sd /tmp/nats -p 4222 -a 127.0.0.1 &
 * deno run -R --allow-net --allow-env --allow-sys scripts/farm_rates.ts nats://127.0.0.1:4222 100000
 * ```
 *
 * @module
 */
import { FarmQueue } from "../src/farm/queue.ts";
import { jobsOfManifest, submit } from "../src/farm/submit.ts";

const [server = "nats://127.0.0.1:4222", countText = "10000"] = Deno.args;
const count = Number(countText), LANES = 16;
const queue = await FarmQueue.open({ servers: server }, { name: "rates", ackWaitSeconds: 30, replicas: 1 });

function* lines(): Generator<string> {
  for (let i = 0; i < count; i++) {
    yield JSON.stringify({
      source: `https://example.org/${crypto.randomUUID()}.png`,
      target: `/nowhere/${i}.vaer`,
    });
  }
}

function* jobs() {
  for (const line of lines()) yield* jobsOfManifest(line, { quality: 50 });
}

async function measure(what: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const megabytes = Deno.memoryUsage().rss / 2 ** 20;
  console.log(`${what}: ${(count / seconds).toFixed(0)} a second, ${megabytes.toFixed(0)} MiB resident`);
}

await measure("submit", async () => void await submit(jobs(), queue));
await measure("status", async () => void await queue.status());
await measure("drain", async () => {
  let left = count;
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (left > 0) {
      const message = await queue.next(1000);
      if (!message) continue;
      await message.ackAck();
      left--;
    }
  }));
});
await queue.close();
