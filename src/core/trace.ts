import type { Entity } from "./component.ts";

/** One step of a pipe, as it ran. */
export interface TraceRecord {
  /** System and mode, e.g. `"Hadamard4(forward)"`. */
  readonly step: string;
  /** Entities of the batch. */
  readonly entities: readonly Entity[];
  /** When it began, in milliseconds of `performance.now()`. */
  readonly startMilliseconds: number;
  /** Wall time. */
  readonly milliseconds: number;
}

/** What a world's pipes did, in order, and how long it took. */
export class Trace {
  /** Steps in the order they ran. */
  readonly records: TraceRecord[] = [];

  /** Runs `work` and records it; a step that throws is recorded too. */
  async measure<T>(step: string, entities: readonly Entity[], work: () => Promise<T>): Promise<T> {
    const startMilliseconds = performance.now();
    try {
      return await work();
    } finally {
      this.records.push({
        step,
        entities: [...entities],
        startMilliseconds,
        milliseconds: performance.now() - startMilliseconds,
      });
    }
  }
}
