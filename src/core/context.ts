/** Options of a {@linkcode Context}. */
export interface ContextOptions {
  /** Where tensors lie and kernels run; `"cpu"` by default. */
  readonly device?: "cpu" | "gpu";
  /** Start of {@linkcode Context.random}, a 32-bit integer; 0 by default. */
  readonly seed?: number;
}

/** What holds for everything that a world computes. */
export class Context {
  /** Where tensors lie and kernels run. */
  readonly device: "cpu" | "gpu";
  /** Element type of everything that is not an integer. */
  readonly dtype = "f32" as const;
  /** Start of {@linkcode Context.random}. */
  readonly seed: number;
  #state: number;

  /**
   * Makes the object.
   *
   * @param options Device and seed.
   */
  constructor(options: ContextOptions = {}) {
    this.device = options.device ?? "cpu";
    this.seed = (options.seed ?? 0) | 0;
    this.#state = this.seed;
  }

  /**
   * The next number of a world's own sequence, uniform in [0, 1) with 32 bits: the same for the same seed, everywhere. For
   * systems that need noise; nothing in `compress` does. A Weyl sequence through the finaliser of MurmurHash3.
   */
  random(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let hash = this.#state;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  }
}
