import type { Component, PyramidLayout, TensorRef } from "../core/mod.ts";
import { checkTensor, checkValue } from "./check.ts";
import { checkPicture, type PictureSize } from "./latent.ts";

/** Wavelet coefficients, packed band after band as the layout says: f32 or i32, shape (coefficientCount). */
export class WaveletPyr implements Component {
  readonly component = "WaveletPyr" as const;

  /**
   * Makes the component.
   *
   * @param coefficients f32 or i32 (coefficientCount).
   * @param layout Band table, levels and wavelet.
   * @param picture Size to crop the decoded picture to.
   * @param bound Largest error of a sample of i32 planes, see {@linkcode YCC3}.
   */
  constructor(
    readonly coefficients: TensorRef<"f32" | "i32">,
    readonly layout: PyramidLayout,
    readonly picture: PictureSize,
    readonly bound: number = 0,
  ) {
    checkTensor("WaveletPyr", coefficients, ["f32", "i32"], [layout.coefficientCount]);
    checkPicture("WaveletPyr", picture);
  }
}

/** How coefficients become symbols, a band at a time. */
export class QuantParams implements Component {
  readonly component = "QuantParams" as const;

  /**
   * Makes the component.
   *
   * @param steps Quantiser step of each band of the layout, in its order; positive.
   * @param stepCode The base step as the container stores it, see `format/step_code.ts`.
   * @param quality What the user asked for, 1 to 100, or 0 if the step was given directly.
   * @param exactBound For i32 pyramids, whose coefficients are the symbols: the planes' bound, see {@linkcode YCC3}.
   */
  constructor(
    readonly steps: Float32Array,
    readonly stepCode: number,
    readonly quality: number,
    readonly exactBound?: number,
  ) {
    checkValue(
      "QuantParams",
      steps.every((step) => step > 0 && Number.isFinite(step)),
      "every step must be positive and finite",
    );
    checkValue(
      "QuantParams",
      quality >= 0 && quality <= 100,
      `quality must be 0 to 100: current value is ${quality}`,
    );
  }
}

/** Quantised coefficients, what entropy coders take: i32, shape (coefficientCount), in the host's memory. */
export class QuantizedPyr implements Component {
  readonly component = "QuantizedPyr" as const;

  /**
   * Makes the component.
   *
   * @param coefficients i32 (coefficientCount): multiples of their band's step, or exact integers.
   * @param layout Band table.
   * @param picture Size to crop the decoded picture to.
   */
  constructor(
    readonly coefficients: TensorRef<"i32">,
    readonly layout: PyramidLayout,
    readonly picture: PictureSize,
  ) {
    checkTensor("QuantizedPyr", coefficients, ["i32"], [layout.coefficientCount]);
    checkPicture("QuantizedPyr", picture);
  }
}

/**
 * A view of {@linkcode QuantizedPyr} in bytes, made on demand by `ViewSymbolsU8`: u8, shape (coefficientCount), value q + 128
 * for |q| ≤ 127; 0 marks an escape, whose q is the next of `escapes`.
 */
export class SymbolsU8 implements Component {
  readonly component = "SymbolsU8" as const;

  /**
   * Makes the component.
   *
   * @param symbols u8 (coefficientCount).
   * @param escapes i32 (number of zeros in `symbols`), in their order.
   * @param layout Band table.
   * @param picture Size to crop the decoded picture to.
   */
  constructor(
    readonly symbols: TensorRef<"u8">,
    readonly escapes: TensorRef<"i32">,
    readonly layout: PyramidLayout,
    readonly picture: PictureSize,
  ) {
    checkTensor("SymbolsU8", symbols, ["u8"], [layout.coefficientCount]);
    checkValue("SymbolsU8", escapes.shape.length === 1, "escapes must be a vector");
    checkPicture("SymbolsU8", picture);
  }
}

/** Entropy-coded symbols, a section a group of resolutions, coarse to fine. */
export class ANSBitstream implements Component {
  readonly component = "ANSBitstream" as const;

  /**
   * Makes the component.
   *
   * @param sections u8 vectors in progressive order; fewer than the plan has give a coarser picture.
   * @param coder Numeric id of the coder, see `entropy/`.
   * @param layout Band table.
   * @param quant Steps of the bands.
   * @param picture Size to crop the decoded picture to.
   */
  constructor(
    readonly sections: readonly TensorRef<"u8">[],
    readonly coder: number,
    readonly layout: PyramidLayout,
    readonly quant: QuantParams,
    readonly picture: PictureSize,
  ) {
    checkValue("ANSBitstream", sections.length >= 1, "it needs at least one section");
    checkPicture("ANSBitstream", picture);
  }
}
