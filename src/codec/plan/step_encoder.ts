import type { RefinementChoice } from "../streams/job_types.ts";

/** A transformed picture that can be encoded with one step or many. */
export interface StepEncoder {
  /** Whether steps are those of a lossy stream of the pixels themselves. */
  readonly isOfPixels: boolean;
  /** Step code of a quality, 1 to 100 and somewhat beyond. */
  codeOfQuality(quality: number): number;
  /** Improves the latent for a step, see `refineLatent`: files of that step and of steps near it look better. */
  refine(choice: RefinementChoice): Promise<void>;
  /** The whole file for a step code; `quality` is noted in its header, 0 for none. */
  encode(stepCode: number, quality: number): Promise<Uint8Array<ArrayBuffer>>;
}
