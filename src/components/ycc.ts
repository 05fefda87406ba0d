// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component, TensorRef } from "../core/mod.ts";
import { checkTensor, checkWhole } from "./check.ts";
import { checkPicture, MAX_BOUND, type PictureSize } from "./latent.ts";

/**
 * Luma and two chroma planes of a picture, shape (3, H, W), planar. f32: Y − 128, Cb, Cr of BT.601, full range. i32: the
 * reversible YCoCg-R of samples divided by 2 · bound + 1.
 */
export class YCC3 implements Component {
  /** The class's own name. */
  readonly component = "YCC3" as const;

  /**
   * Makes the component.
   *
   * @param values f32 or i32 (3, H, W).
   * @param picture Size of the picture.
   * @param bound i32 only: largest error of a sample, 0 to 127; 0 is lossless.
   */
  constructor(
    readonly values: TensorRef<"f32" | "i32">,
    readonly picture: PictureSize,
    readonly bound: number = 0,
  ) {
    checkTensor("YCC3", values, ["f32", "i32"], [3, -1, -1]);
    checkPicture("YCC3", picture);
    checkWhole("YCC3", "bound", bound, 0, MAX_BOUND);
  }
}
