// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { type Component, InvalidValueError, type TensorRef } from "../core/mod.ts";
import { checkTensor, checkValue } from "./check.ts";

/** A picture as it was given: u8 or f32, shape (H, W, 3), rows top to bottom, R G B interleaved. */
export class RGB implements Component {
  readonly component = "RGB" as const;

  /**
   * Makes the component.
   *
   * @param pixels (H, W, 3): u8 in 0..255, or f32 in [0, 1].
   * @param colourSpace How to read the values; only sRGB is processed.
   */
  constructor(readonly pixels: TensorRef<"u8" | "f32">, readonly colourSpace: "srgb" = "srgb") {
    checkTensor("RGB", pixels, ["u8", "f32"], [-1, -1, 3]);
    checkValue("RGB", colourSpace === "srgb", "colourSpace", '"srgb"', colourSpace);
  }
}

/**
 * The bytes of a picture, for systems that count in 8-bit levels.
 *
 * @param system Name, for the message.
 * @throws InvalidValueError ("picture-dtype") when the picture is f32.
 */
export function bytesOfRgb({ pixels }: RGB, system: string): TensorRef<"u8"> {
  if (pixels.dtype === "u8") return pixels as TensorRef<"u8">;
  throw new InvalidValueError(
    "picture-dtype",
    `Cannot run ${system}: the samples of RGB must be u8 (got f32). Spawn the picture from 8-bit ` +
      "samples.",
  );
}

/** A picture as a decoder shows it: f32, shape (H, W, 3), interleaved, range [0, 1]. */
export class ReconRGB implements Component {
  readonly component = "ReconRGB" as const;

  /**
   * Makes the component.
   *
   * @param pixels f32 (H, W, 3), range [0, 1].
   */
  constructor(readonly pixels: TensorRef<"f32">) {
    checkTensor("ReconRGB", pixels, ["f32"], [-1, -1, 3]);
  }
}

/** A picture as a decoder shows it, rounded: u8, shape (H, W, 4), interleaved, alpha 255, in the host's memory. */
export class ReconRGBA8 implements Component {
  readonly component = "ReconRGBA8" as const;

  /**
   * Makes the component.
   *
   * @param pixels u8 (H, W, 4).
   */
  constructor(readonly pixels: TensorRef<"u8">) {
    checkTensor("ReconRGBA8", pixels, ["u8"], [-1, -1, 4]);
  }
}

/** A blurred picture: f32, shape (H, W, 3), interleaved, range [0, 1]. */
export class BlurRGB implements Component {
  readonly component = "BlurRGB" as const;

  /**
   * Makes the component.
   *
   * @param pixels f32 (H, W, 3), range [0, 1].
   * @param sigma Standard deviation of the Gaussian, in pixels, greater than 0.
   */
  constructor(readonly pixels: TensorRef<"f32">, readonly sigma: number) {
    checkTensor("BlurRGB", pixels, ["f32"], [-1, -1, 3]);
    checkValue("BlurRGB", sigma > 0 && sigma < Infinity, "sigma", "a finite number greater than 0", sigma);
  }
}

/** Source minus reconstruction: i16, shape (H, W, 3), interleaved, range -255..255. */
export class Residual implements Component {
  readonly component = "Residual" as const;

  /**
   * Makes the component.
   *
   * @param difference i16 (H, W, 3), range -255..255.
   */
  constructor(readonly difference: TensorRef<"i16">) {
    checkTensor("Residual", difference, ["i16"], [-1, -1, 3]);
  }
}
