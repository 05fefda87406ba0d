import type { DeviceTimer } from "../../core/mod.ts";
import type { GpuQueue } from "./gpu_queue.ts";

/** Passes that can be timed between `start` and `stop`; further ones are left out. */
const MAX_PASSES = 128;
/** Bytes of a timestamp. */
const TIMESTAMP_BYTES = 8;

/** Times compute passes by the device's timestamps, in nanoseconds of its own clock. */
export class GpuTimer implements DeviceTimer {
  readonly #queue: GpuQueue;
  #queries: GPUQuerySet | undefined;
  #passCount = 0;

  /** @param queue Commands of the device. */
  constructor(queue: GpuQueue) {
    this.#queue = queue;
  }

  /** Begins; without effect where the device has no timestamps. */
  start(): void {
    const { device } = this.#queue;
    if (!device.features.has("timestamp-query")) return;
    this.#queue.submit();
    this.#queries ??= device.createQuerySet({
      label: "vaerans timer",
      type: "timestamp",
      count: 2 * MAX_PASSES,
    });
    this.#passCount = 0;
  }

  /** What a pass that begins now must be made with. */
  nextPass(): GPUComputePassDescriptor {
    if (!this.#queries || this.#passCount === MAX_PASSES) return {};
    const first = 2 * this.#passCount++;
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: first,
        endOfPassWriteIndex: first + 1,
      },
    };
  }

  /** Sum of the passes since `start`, in milliseconds. */
  async stop(): Promise<number | undefined> {
    const queries = this.#queries, count = 2 * this.#passCount;
    this.#queries = undefined;
    if (!queries) return undefined;
    if (count === 0) return queries.destroy(), 0;
    const times = this.#queue.device.createBuffer({
      label: "vaerans timestamps",
      size: count * TIMESTAMP_BYTES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    try {
      this.#queue.resolve(queries, count, times);
      const stamps = new BigUint64Array((await this.#queue.read(times, 0, count * TIMESTAMP_BYTES)).buffer);
      let nanoseconds = 0n;
      for (let i = 0; i < count; i += 2) nanoseconds += stamps[i + 1] - stamps[i];
      return Number(nanoseconds) / 1e6;
    } finally {
      times.destroy();
      queries.destroy();
    }
  }
}
