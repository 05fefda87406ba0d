// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { LatentWavelet } from "../wavelets/mod.ts";
import type { NetRuntime } from "../kernels/kernels.ts";
import { sha256 } from "./sha256.ts";
import type { StoredPlan } from "./stored_plan.ts";

/** One of a model's ONNX files. */
export interface ModelFile {
  /** Relative to the manifest. */
  readonly path: string;
  /** Size. */
  readonly byteLength: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of a net: files with weights that it keeps outside its own, all verified; those that are left out are not. */
  readonly external?: readonly ModelFile[];
  /** Of a net of an embedded model: how kernels run it. */
  readonly plan?: StoredPlan;
}

/** How qualities become steps. */
export interface QualityScale {
  /** Pairs (quality, base step), quality rising, step falling; between them log step is linear. */
  readonly qualitySteps: readonly (readonly [quality: number, step: number])[];
  /** Qualities, inclusive, for which this is the default choice; absent for what is only chosen by name. */
  readonly autoQuality?: readonly [lowest: number, highest: number];
  /** What the highest of `autoQuality` costs and reaches on average: targets above it are for the next finer choice. */
  readonly autoLimits?: { readonly bpp: number; readonly psnr: number; readonly ssim: number };
}

/** What a net looks at around a place unless its manifest says otherwise: the embedded decoders reach 92 pixels far. */
export const NET_HALO_PIXELS = 96;

/**
 * What an encoder that refines latents makes small, about what the nets were trained for: bits a pixel + rateSlope / step² ·
 * (meanSquaredError / r · mean squared error + structure · r · (1 − MS-SSIM)) with pixels in [0, 1] and r = (step /
 * middleStep)^tilt.
 */
export interface RefinementObjective {
  /** Bits a pixel that an error of step² is worth. */
  readonly rateSlope: number;
  /** Weight of pixels. */
  readonly meanSquaredError: number;
  /** Weight of structure. */
  readonly structure: number;
  /** How much more structure weighs, and pixels less, the coarser the step. */
  readonly tilt: number;
  /** Step of r = 1. */
  readonly middleStep: number;
}

/** What the codec must know of a model; `manifest.json` in the model's folder. */
export interface ModelManifest extends QualityScale {
  /** Unique name, as `--model` takes it. */
  readonly name: string;
  /** The weights' own version. */
  readonly version: string;
  /** SPDX identifier of the weights' licence. */
  readonly licence: string;
  /** Pixels that one latent stands for along each axis. */
  readonly downsampling: number;
  /** Sides of the encoder's input are multiples of this. */
  readonly paddingMultiple: number;
  /** The latent is `(encoder's output − latentShift) · latentScale`. */
  readonly latentScale: number;
  /** See `latentScale`. */
  readonly latentShift: number;
  /** `"0_1"` or `"-1_1"`. */
  readonly inputRange: RangeName;
  /** `"0_1"` or `"-1_1"`. */
  readonly outputRange: RangeName;
  /** Whether the decoder undoes scale and shift itself; absent for no. */
  readonly decoderExpectsScaledLatent?: boolean;
  /** Name of the decoder's input for the base step, f32 (n); absent if it has the latent as its only input. */
  readonly stepInput?: string;
  /** Name of the encoder's output that is the latent; needed only if the outputs do not tell. */
  readonly latentOutput?: string;
  /** Runtime of its nets on a CPU unless the caller chooses; `"auto"` if absent. */
  readonly runtime?: NetRuntime;
  /** Wavelet that the model was trained with. */
  readonly wavelet: LatentWavelet;
  /** Levels that the model was trained with. */
  readonly levels: number;
  /** A factor on the step of each band, in coding order. */
  readonly bandGains: readonly number[];
  /**
   * How fine the trellis of a latent's coefficients is: at a fine and at a coarse base step its half step, of the base step;
   * between them linear in the step's logarithm, beyond them the same. See docs/specification/2-reconstruction.md.
   */
  readonly halfSteps?: readonly (readonly [step: number, share: number])[];
  /** Pixels around a place that the decoder looks at to make it, a multiple of paddingMultiple; {@linkcode NET_HALO_PIXELS} if not given. */
  readonly haloPixels?: number;
  /** The same of the encoder; haloPixels if not given. */
  readonly encoderHaloPixels?: number;
  /**
   * Colours without the decoder, for previews: of R, G and B the factors of the four planes of a rotated latent, and what is added;
   * 0 to 255.
   */
  readonly preview?: readonly number[];
  /** By it encoders may refine a latent for its decoder; without it they do not. */
  readonly objective?: RefinementObjective;
  /** The nets, and the trained start of the context coder. */
  readonly files: { readonly encoder: ModelFile; readonly decoder: ModelFile; readonly prior?: ModelFile };
}

/** Names of pixel ranges. */
export type RangeName = "0_1" | "-1_1";

/** Base step of a quality, 1 to 100; beyond the manifest's pairs the nearest segment goes on. */
export function stepOfQuality(scale: QualityScale, quality: number): number {
  const points = scale.qualitySteps;
  let i = 0;
  while (i + 2 < points.length && quality > points[i + 1][0]) i++;
  const [[q0, s0], [q1, s1]] = [points[i], points[i + 1]];
  return s0 * (s1 / s0) ** ((quality - q0) / (q1 - q0));
}

/**
 * Identifies what a decoder must have to show a file as its encoder meant: SHA-256 over the decoder's and the prior's
 * hash and the manifest's values that decoding uses, its first four bytes as a little-endian number.
 */
export async function modelFingerprint(manifest: ModelManifest): Promise<number> {
  const { downsampling, paddingMultiple, latentScale, latentShift, outputRange, bandGains, files } = manifest;
  const decisive = [
    downsampling,
    paddingMultiple,
    latentScale,
    latentShift,
    outputRange,
    bandGains,
    files.decoder.sha256,
    files.prior?.sha256 ?? "",
    ...manifest.decoderExpectsScaledLatent ? ["scaled"] : [],
    ...manifest.halfSteps ? [manifest.halfSteps] : [],
    ...files.decoder.external ? files.decoder.external.map(({ sha256 }) => sha256) : [],
  ];
  const digest = await sha256(new TextEncoder().encode(JSON.stringify(decisive)));
  return new DataView(digest).getUint32(0, true);
}
