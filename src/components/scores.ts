// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component } from "../core/mod.ts";
import { checkNumber } from "./check.ts";

/** Peak signal-to-noise ratio of an entity's shown picture against its source. */
export class PSNR implements Component {
  /** The class's own name. */
  readonly component = "PSNR" as const;

  /**
   * Makes the component.
   *
   * @param decibels 0 to Infinity, which stands for equal pictures; higher is better.
   */
  constructor(readonly decibels: number) {
    checkNumber("PSNR", "decibels", decibels, 0, Infinity);
  }
}

/** Structural similarity of an entity's shown picture to its source. */
export class SSIM implements Component {
  /** The class's own name. */
  readonly component = "SSIM" as const;

  /**
   * Makes the component.
   *
   * @param value −1 to 1, higher is better.
   */
  constructor(readonly value: number) {
    checkNumber("SSIM", "value", value, -1, 1);
  }
}

/** Multi-scale structural similarity of an entity's shown picture to its source. */
export class MSSSIM implements Component {
  /** The class's own name. */
  readonly component = "MSSSIM" as const;

  /**
   * Makes the component.
   *
   * @param value 0 to 1, higher is better.
   */
  constructor(readonly value: number) {
    checkNumber("MSSSIM", "value", value, 0, 1);
  }
}
