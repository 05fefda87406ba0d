// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component, TensorRef } from "../core/mod.ts";
import { checkTensor, checkValue, checkWhole } from "./check.ts";

/** Size of the picture a latent stands for, before padding to the model's multiple. */
export interface PictureSize {
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
}

/** What a VAE's encoder gives: f32, shape (4, h, w), planar, in the model's own scale. */
export class Latent4 implements Component {
  readonly component = "Latent4" as const;

  /**
   * Makes the component.
   *
   * @param values f32 (4, h, w).
   * @param picture Size to crop the decoded picture to.
   */
  constructor(readonly values: TensorRef<"f32">, readonly picture: PictureSize) {
    checkTensor("Latent4", values, ["f32"], [4, -1, -1]);
    checkPicture("Latent4", picture);
  }
}

/** The latent after the Hadamard rotation over its channels: f32 (or i32 for exact use), shape (4, h, w), planar. */
export class YUVW4 implements Component {
  readonly component = "YUVW4" as const;

  /**
   * Makes the component.
   *
   * @param values f32 or i32 (4, h, w).
   * @param picture Size to crop the decoded picture to.
   */
  constructor(readonly values: TensorRef<"f32" | "i32">, readonly picture: PictureSize) {
    checkTensor("YUVW4", values, ["f32", "i32"], [4, -1, -1]);
    checkPicture("YUVW4", picture);
  }
}

/** Throws unless both sides are positive integers. */
export function checkPicture(component: string, picture: PictureSize): void {
  const isObject = typeof picture === "object" && picture !== null;
  checkValue(component, isObject, "picture", "an object with width and height", picture);
  checkWhole(component, "picture.width", picture.width, 1, Number.MAX_SAFE_INTEGER);
  checkWhole(component, "picture.height", picture.height, 1, Number.MAX_SAFE_INTEGER);
}

/** Largest error of a sample that a stream may have. */
export const MAX_BOUND = 127;
