// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component } from "../core/mod.ts";
import { checkNumber } from "./check.ts";

/** Peak signal-to-noise ratio of an entity's shown picture against its source. */
export class Psnr implements Component {
  /** The class's own name. */
  readonly component = "Psnr" as const;

  /**
   * Makes the component.
   *
   * @param decibels 0 to Infinity, which stands for equal pictures; higher is better.
   */
  constructor(readonly decibels: number) {
    checkNumber("Psnr", "decibels", decibels, 0, Infinity);
  }
}

/** Structural similarity of an entity's shown picture to its source. */
export class Ssim implements Component {
  /** The class's own name. */
  readonly component = "Ssim" as const;

  /**
   * Makes the component.
   *
   * @param value −1 to 1, higher is better.
   */
  constructor(readonly value: number) {
    checkNumber("Ssim", "value", value, -1, 1);
  }
}

/** Multi-scale structural similarity of an entity's shown picture to its source. */
export class MsSsim implements Component {
  /** The class's own name. */
  readonly component = "MsSsim" as const;

  /**
   * Makes the component.
   *
   * @param value 0 to 1, higher is better.
   */
  constructor(readonly value: number) {
    checkNumber("MsSsim", "value", value, 0, 1);
  }
}
