/** How far a call has come. */
export interface ProgressReport {
  /** What is being done; high efforts refine what a model made of a picture, lossless files are verified. */
  readonly stage: "encode" | "refine" | "decode" | "verify";
  /** Share of the stage that is done, 0 to 1. A search for a target encodes, and perhaps decodes, more than once. */
  readonly fraction: number;
}

/** Listens to progress. */
export type ProgressListener = (report: ProgressReport) => void;

/** Turns jobs that ended into reports. */
export class Progress {
  readonly #listener: ProgressListener | undefined;
  #stage: ProgressReport["stage"] = "decode";
  #done = 0;
  #total = 1;

  /** @param options With the listener, if any. */
  constructor({ onProgress }: { readonly onProgress?: ProgressListener | undefined }) {
    this.#listener = onProgress;
  }

  /** A stage of `total` jobs begins. */
  begin(stage: ProgressReport["stage"], total: number): void {
    this.#stage = stage;
    this.#done = 0;
    this.#total = Math.max(1, total);
    this.#report();
  }

  /** A job has ended. */
  step(): void {
    this.#done = Math.min(this.#done + 1, this.#total);
    if (this.#done < this.#total) this.#report();
  }

  /** The stage has ended. */
  finish(): void {
    this.#done = this.#total;
    this.#report();
  }

  #report(): void {
    this.#listener?.({ stage: this.#stage, fraction: this.#done / this.#total });
  }
}
