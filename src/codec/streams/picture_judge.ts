import { stepFromCode } from "../../components/mod.ts";
import { MsSsimGradient } from "../../kernels/cpu/metrics/ms_ssim_gradient.ts";
import type { Samples8 } from "../../kernels/cpu/metrics/mod.ts";
import type { RefinementObjective } from "../../models/manifest.ts";

/** What a shown picture's error is worth. */
export interface Judgement {
  /** In bits. */
  readonly errorBits: number;
  /** Its derivatives by the shown values, (H, W, 3). */
  readonly byPixels: Float32Array;
}

/** Judges pictures against a source by what a model was trained to make small. */
export class PictureJudge {
  readonly #structure: MsSsimGradient;
  readonly #structureBits: number;
  readonly #squareBits: number;

  /**
   * Makes the object.
   *
   * @param source RGBA.
   * @param objective Of the model.
   * @param stepCode Of the base step.
   */
  constructor(readonly source: Samples8, objective: RefinementObjective, stepCode: number) {
    const step = stepFromCode(stepCode), tilt = (step / objective.middleStep) ** objective.tilt;
    const bits = objective.rateSlope / step ** 2 * source.width * source.height;
    this.#structure = new MsSsimGradient(source);
    this.#structureBits = bits * objective.structure * tilt;
    this.#squareBits = bits * objective.meanSquaredError / tilt;
  }

  /** @param shown (H, W, 3) in [0, 1], of the source's size. */
  judge(shown: Float32Array): Judgement {
    const { data } = this.source, byPixels = new Float32Array(shown.length);
    const score = this.#structure.score(shown, byPixels);
    const perSquare = this.#squareBits / shown.length;
    let squares = 0;
    for (let i = 0, from = 0; i < shown.length; i += 3, from += 4) {
      for (let channel = 0; channel < 3; channel++) {
        const error = shown[i + channel] - data[from + channel] / 255;
        squares += error * error;
        byPixels[i + channel] = 2 * perSquare * error - this.#structureBits * byPixels[i + channel];
      }
    }
    return { errorBits: perSquare * squares + this.#structureBits * (1 - score), byPixels };
  }
}
