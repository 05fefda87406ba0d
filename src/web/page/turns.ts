/** Lets a few requests work at a time; of those that wait, the one with the smallest number is next. */
export class Turns {
  #free: number;
  /** What begins the turn of a request, by its number. */
  readonly #waiting = new Map<number, () => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a turn.
   *
   * @returns Ends the turn; more calls do nothing.
   * @throws The reason of the signal; the request waits no longer.
   */
  async take(number: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          this.#waiting.delete(number);
          reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        this.#waiting.set(number, () => {
          signal.removeEventListener("abort", leave);
          resolve();
        });
      });
    }
    let isOver = false;
    return () => {
      if (!isOver) this.#pass();
      isOver = true;
    };
  }

  /** Gives a turn to the next request. */
  #pass(): void {
    if (this.#waiting.size === 0) return void this.#free++;
    const next = Math.min(...this.#waiting.keys()), begin = this.#waiting.get(next)!;
    this.#waiting.delete(next);
    begin();
  }
}
