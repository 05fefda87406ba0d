// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { BitstreamError, type Component, type PyramidLayout, type TensorRef } from "../core/mod.ts";
import { decoderOfId, DECODERS } from "../entropy/decoders.ts";
import { checkLayout, checkNumber, checkTensor, checkValue, checkVector, checkWhole } from "./check.ts";
import { checkPicture, MAX_BOUND, type PictureSize } from "./latent.ts";
import { MAX_STEP_CODE } from "./step_code.ts";

/** Wavelet coefficients, packed band after band as the layout says: f32 or i32, shape (coefficientCount). */
export class WaveletPyr implements Component {
  readonly component = "WaveletPyr" as const;

  /**
   * Makes the component.
   *
   * @param coefficients f32 or i32 (coefficientCount).
   * @param layout Band table, levels and wavelet.
   * @param picture Size to crop the decoded picture to.
   * @param bound Largest error of a sample of i32 planes, 0 to 127, see {@linkcode Ycc3}.
   */
  constructor(
    readonly coefficients: TensorRef<"f32" | "i32">,
    readonly layout: PyramidLayout,
    readonly picture: PictureSize,
    readonly bound: number = 0,
  ) {
    checkLayout("WaveletPyr", layout);
    checkTensor("WaveletPyr", coefficients, ["f32", "i32"], [layout.coefficientCount]);
    checkPicture("WaveletPyr", picture);
    checkWhole("WaveletPyr", "bound", bound, 0, MAX_BOUND);
  }
}

/** How coefficients become symbols, a band at a time. */
export class QuantParams implements Component {
  readonly component = "QuantParams" as const;

  /**
   * Makes the component.
   *
   * @param steps Quantiser step of each band of the layout, in its order; positive.
   * @param stepCode The base step as the container stores it, 0 to 2047, see {@linkcode stepFromCode}.
   * @param quality The quality asked for, 1 to 100, or 0 if the step was given directly.
   * @param exactBound For i32 pyramids, whose coefficients are the symbols: the planes' bound, see {@linkcode Ycc3}.
   */
  constructor(
    readonly steps: Float32Array,
    readonly stepCode: number,
    readonly quality: number,
    readonly exactBound?: number,
  ) {
    checkValue("QuantParams", steps instanceof Float32Array, "steps", "a Float32Array", steps);
    const wrong = steps.findIndex((step) => !(step > 0 && step < Infinity));
    checkValue("QuantParams", wrong < 0, `steps[${wrong}]`, "positive and finite", steps[wrong]);
    checkWhole("QuantParams", "stepCode", stepCode, 0, MAX_STEP_CODE);
    checkNumber("QuantParams", "quality", quality, 0, 100);
    if (exactBound !== undefined) checkWhole("QuantParams", "exactBound", exactBound, 0, MAX_BOUND);
  }
}

/** Sections that a quantiser made of the values it chose. */
export interface QuantisedSections {
  /** Name of their coder. */
  readonly coder: string;
  /** The values, of its own memory. */
  readonly values: Int32Array;
  /** The sections. */
  readonly sections: readonly Uint8Array[];
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
   * @param made Sections of these coefficients, if their quantiser made them.
   */
  constructor(
    readonly coefficients: TensorRef<"i32">,
    readonly layout: PyramidLayout,
    readonly picture: PictureSize,
    readonly made?: QuantisedSections,
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
    checkLayout("SymbolsU8", layout);
    checkTensor("SymbolsU8", symbols, ["u8"], [layout.coefficientCount]);
    checkVector("SymbolsU8", escapes, ["i32"]);
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
   * @param coder Numeric id of the coder: 0 static, 1 context, 2 subband, 3 trellis, 4 subband-trellis.
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
    const isList = Array.isArray(sections) && sections.length >= 1;
    checkValue("ANSBitstream", isList, "sections", "a list of at least one tensor", sections);
    for (const section of sections) checkVector("ANSBitstream", section, ["u8"]);
    checkCoder(coder);
    checkLayout("ANSBitstream", layout);
    checkValue("ANSBitstream", quant instanceof QuantParams, "quant", "QuantParams", quant);
    const count = layout.bands.length;
    checkValue(
      "ANSBitstream",
      quant.steps.length === count,
      "quant.steps",
      `${count} steps`,
      quant.steps.length,
    );
    checkPicture("ANSBitstream", picture);
  }
}

/** Throws `BitstreamError` ("entropy-coder"): a stream of an unknown coder cannot be decoded, but may be valid elsewhere. */
function checkCoder(coder: number): void {
  if (decoderOfId(coder)) return;
  throw new BitstreamError(
    "entropy-coder",
    `Cannot make ANSBitstream: coder must be ${
      DECODERS.map(({ id }) => id).join(", ")
    } (got ${coder}). Use a newer release.`,
  );
}
