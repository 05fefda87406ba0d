/**
 * Measures what the queue itself does with trivial jobs; see `record_farm.ts`.
 *
 * @module
 */
import type { FarmQueue } from "../src/farm/queue.ts";
import { jobsOfManifest, submit } from "../src/farm/submit.ts";

/** Of one thing done with all jobs. */
export interface QueueRate {
  /** `submit`, `submit again`, `status` or `drain`. */
  readonly what: string;
  /** Jobs, or questions, a second. */
  readonly perSecond: number;
  /** This process's resident memory when a tenth was done. */
  readonly earlyBytes: number;
  /** The same at the end. */
  readonly lateBytes: number;
}

/** Acknowledgements under way at a time. */
const LANES = 16;
const STATUS_QUESTIONS = 20;

/**
 * Submits trivial jobs, submits them again, asks for the status and takes them all out.
 *
 * @param queue An empty queue, used by nobody else.
 * @param count Jobs.
 * @returns Rates and memory.
 */
export async function queueRates(queue: FarmQueue, count: number): Promise<QueueRate[]> {
  const nonce = crypto.randomUUID();
  function* lines(): Generator<string> {
    for (let i = 0; i < count; i++) {
      yield JSON.stringify({ source: `https://example.org/${nonce}-${i}.png`, target: `/nowhere/${i}.vaer` });
    }
  }
  const refuse = (reason: string): never => {
    throw new Error(reason);
  };
  const jobs = () => jobsOfManifest(lines(), { options: {} }, refuse);
  const rates: QueueRate[] = [];
  const measure = async (what: string, total: number, work: (step: () => void) => Promise<unknown>) => {
    const began = performance.now();
    let done = 0, earlyBytes = 0;
    await work(() => {
      if (++done === Math.ceil(total / 10)) earlyBytes = Deno.memoryUsage().rss;
    });
    const seconds = (performance.now() - began) / 1000;
    if (done !== total) throw new Error(`${what} did ${done} of ${total}`);
    rates.push({ what, perSecond: total / seconds, earlyBytes, lateBytes: Deno.memoryUsage().rss });
  };
  await measure("submit", count, (step) => submit(jobs(), queue, step));
  await measure("submit again", count, (step) => submit(jobs(), queue, step));
  await measure("status", STATUS_QUESTIONS, async (step) => {
    for (let i = 0; i < STATUS_QUESTIONS; i++) {
      const { waiting } = await queue.status();
      if (waiting !== count) throw new Error(`${waiting} jobs wait where ${count} are due`);
      step();
    }
  });
  let left = count;
  const drain = async (step: () => void) => {
    while (left > 0) {
      const message = await queue.next(1000);
      if (!message) continue;
      await message.ackAck();
      left--;
      step();
    }
  };
  await measure("drain", count, (step) => Promise.all(Array.from({ length: LANES }, () => drain(step))));
  return rates;
}
