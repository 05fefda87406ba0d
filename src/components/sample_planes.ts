// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component, TensorRef } from "../core/mod.ts";
import { checkTensor } from "./check.ts";
import { checkPicture, type PictureSize } from "./latent.ts";

/**
 * Any planes of a picture, shape (n, H, W), planar: i32 of exact streams (G and differences to it, YCoCg-R, a grey plane, alpha), f32 of the lossy
 * grey one.
 */
export class SamplePlanes implements Component {
  /** The class's own name. */
  readonly component = "SamplePlanes" as const;

  /**
   * Makes the component.
   *
   * @param values f32 or i32 (n, H, W).
   * @param picture Size of the picture.
   */
  constructor(readonly values: TensorRef<"f32" | "i32">, readonly picture: PictureSize) {
    checkTensor("SamplePlanes", values, ["f32", "i32"], [-1, -1, -1]);
    checkPicture("SamplePlanes", picture);
  }
}
