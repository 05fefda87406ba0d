import type { TraceRecord } from "../core/mod.ts";

/** Collects how long things took, in milliseconds, for `--json`, and the steps of pipes, for `--trace`. */
export class Timings {
  /** Milliseconds by what was done. */
  readonly milliseconds: { [step: string]: number } = {};
  /** Steps of pipes, as they ended. */
  readonly records: TraceRecord[] = [];
  readonly #began = performance.now();

  /** Times `work` under a name. */
  async measure<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#add(name, performance.now() - began);
    }
  }

  /** Takes in a step of a pipe. */
  readonly onStep = (record: TraceRecord): void => {
    this.#add(record.step, record.milliseconds);
    this.records.push(record);
  };

  /** Everything so far, with the total since this object was made. */
  finish(): { [step: string]: number } {
    return { ...this.milliseconds, total: round(performance.now() - this.#began) };
  }

  #add(name: string, milliseconds: number): void {
    this.milliseconds[name] = round((this.milliseconds[name] ?? 0) + milliseconds);
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
