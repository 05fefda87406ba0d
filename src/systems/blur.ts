// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { BlurRGB, ReconRGB, RGB } from "../components/mod.ts";
import { type ComponentType, type Entity, InvalidValueError, System } from "../core/mod.ts";
import { checkChoiceOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** Largest standard deviation, in pixels: 193 taps. */
export const MAX_BLUR_SIGMA = 32;

/** Options of {@linkcode GaussianBlur}. */
export interface BlurOptions<P extends RGB | ReconRGB = RGB> {
  /** Standard deviation in pixels, greater than 0, at most {@linkcode MAX_BLUR_SIGMA}. */
  readonly sigma: number;
  /** What is blurred; {@linkcode RGB} by default. */
  readonly of?: ComponentType<P>;
}

/**
 * Blurs a picture by a separable Gaussian cut off at 3 σ, edges repeated: {@linkcode RGB} or {@linkcode ReconRGB} →
 * {@linkcode BlurRGB}.
 *
 * Errors: `InvalidValueError` ("blur-sigma").
 *
 * @typeParam P What is blurred.
 */
export class GaussianBlur<P extends RGB | ReconRGB = RGB> extends System<P, BlurRGB, Kernels> {
  /** Direction: there is only one. */
  readonly mode = "forward" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<P>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<BlurRGB>[] = [BlurRGB];
  readonly #sigma: number;
  readonly #of: ComponentType<RGB | ReconRGB>;
  readonly #weights: Float32Array;

  /**
   * Makes the system.
   *
   * @param options Width of the blur, and what is blurred.
   */
  constructor(options: BlurOptions<P>) {
    super();
    checkNames("make GaussianBlur", options, ["sigma", "of"]);
    checkChoiceOption<unknown>("GaussianBlur", "of", options.of, [RGB, ReconRGB]);
    this.#sigma = options.sigma;
    this.#of = options.of ?? RGB;
    this.required = [this.#of as ComponentType<P>];
    this.#weights = gaussianWeights(options.sigma);
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { pixels } = world.get(entity, this.#of);
      const blurred = world.arena.allocate(pixels.shape, "f32");
      world.kernels.gaussianBlur(pixels, blurred, this.#weights);
      world.add(entity, new BlurRGB(blurred, this.#sigma));
    }
  }
}

/** Taps of a Gaussian, normalised, from −⌈3 σ⌉ to ⌈3 σ⌉. */
function gaussianWeights(sigma: number): Float32Array {
  if (!(sigma > 0 && sigma <= MAX_BLUR_SIGMA)) {
    throw new InvalidValueError(
      "blur-sigma",
      `Cannot blur with sigma ${sigma}: it must be greater than 0 and at most ${MAX_BLUR_SIGMA} pixels ` +
        `(got ${sigma}). Use a value in this range.`,
    );
  }
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, (weight) => weight / total);
}
