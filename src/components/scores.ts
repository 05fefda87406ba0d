import type { Component } from "../core/mod.ts";

/** Peak signal-to-noise ratio of an entity's shown picture against its source. */
export class PSNR implements Component {
  /** The class's own name. */
  readonly component = "PSNR" as const;

  /**
   * Makes the component.
   *
   * @param decibels Higher is better; Infinity for equal pictures.
   */
  constructor(readonly decibels: number) {}
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
  constructor(readonly value: number) {}
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
  constructor(readonly value: number) {}
}
