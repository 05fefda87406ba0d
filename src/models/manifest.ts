// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { ModelError } from "../core/mod.ts";
import { LATENT_WAVELETS, type LatentWavelet } from "../wavelets/mod.ts";
import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";

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
  /** By it encoders may refine a latent for its decoder; without it they do not. */
  readonly objective?: RefinementObjective;
  /** The nets, and the trained start of the context coder. */
  readonly files: { readonly encoder: ModelFile; readonly decoder: ModelFile; readonly prior?: ModelFile };
}

/** Names of pixel ranges. */
export type RangeName = "0_1" | "-1_1";

const RANGES: readonly RangeName[] = ["0_1", "-1_1"];

/** Checks a parsed `manifest.json`; errors: `ModelError` ("model-manifest") that names file and field. */
export function parseManifest(value: unknown, where: string): ModelManifest {
  const manifest = value as ModelManifest;
  const expect = (field: string, holds: boolean, rule: string) => {
    if (!holds) {
      throw new ModelError(
        "model-manifest",
        `Cannot use the model manifest ${where}: ${field} must be ${rule}`,
      );
    }
  };
  expect("the whole", typeof value === "object" && value !== null, "an object");
  expect("name", /^[\w.-]{1,64}$/.test(String(manifest.name)), "1 to 64 letters, digits, dots, dashes");
  expect("downsampling", isIntegerIn(manifest.downsampling, 1, 64), "an integer from 1 to 64");
  const { downsampling, paddingMultiple } = manifest;
  expect(
    "paddingMultiple",
    isIntegerIn(paddingMultiple, 1, 4096) && paddingMultiple % downsampling === 0,
    "a multiple of downsampling",
  );
  for (const field of ["haloPixels", "encoderHaloPixels"] as const) {
    const halo = manifest[field];
    expect(
      field,
      halo === undefined || isIntegerIn(halo / paddingMultiple, 0, 4096),
      "a multiple of paddingMultiple",
    );
  }
  expect(
    "latentScale",
    Number.isFinite(manifest.latentScale) && manifest.latentScale !== 0,
    "a number other than 0",
  );
  expect("latentShift", Number.isFinite(manifest.latentShift), "a number");
  expect("inputRange", RANGES.includes(manifest.inputRange), `one of ${RANGES.join(", ")}`);
  expect("outputRange", RANGES.includes(manifest.outputRange), `one of ${RANGES.join(", ")}`);
  expect(
    "decoderExpectsScaledLatent",
    ["undefined", "boolean"].includes(typeof manifest.decoderExpectsScaledLatent),
    "true or false",
  );
  for (const field of ["stepInput", "latentOutput"] as const) {
    const name = manifest[field];
    expect(field, name === undefined || (typeof name === "string" && name !== ""), "a name");
  }
  expect(
    "runtime",
    manifest.runtime === undefined || NET_RUNTIMES.includes(manifest.runtime),
    `one of ${NET_RUNTIMES.join(", ")}`,
  );
  expect("wavelet", LATENT_WAVELETS.includes(manifest.wavelet), LATENT_WAVELETS.join(" or "));
  expect("levels", isIntegerIn(manifest.levels, 0, 10), "an integer from 0 to 10");
  const bandCount = 4 * (1 + 3 * manifest.levels);
  expect(
    "bandGains",
    Array.isArray(manifest.bandGains) && manifest.bandGains.length === bandCount &&
      manifest.bandGains.every((g) => g > 0),
    `${bandCount} positive numbers`,
  );
  const { halfSteps } = manifest;
  expect(
    "halfSteps",
    halfSteps === undefined ||
      (Array.isArray(halfSteps) && halfSteps.length === 2 && 0 < halfSteps[0][0] &&
        halfSteps[0][0] < halfSteps[1][0] && halfSteps.every(([, share]) => share >= 0.25 && share <= 1)),
    "two pairs [step, share], steps rising, shares from 0.25 to 1",
  );
  for (const field of ["rateSlope", "meanSquaredError", "structure", "tilt", "middleStep"] as const) {
    const { objective } = manifest, value = objective?.[field];
    expect(`objective.${field}`, objective === undefined || Number(value) >= 0, "a number from 0");
  }
  const { latentScale, latentShift, outputRange } = manifest;
  expect(
    "objective",
    manifest.objective === undefined || (latentScale === 1 && latentShift === 0 && outputRange === "0_1"),
    "absent, or latentScale 1, latentShift 0 and outputRange 0_1",
  );
  const points = manifest.qualitySteps;
  expect(
    "qualitySteps",
    Array.isArray(points) && points.length >= 2 &&
      points.every(([q, step], i) =>
        step > 0 && (i === 0 || (q > points[i - 1][0] && step < points[i - 1][1]))
      ),
    "two or more pairs [quality, step], quality rising and step falling",
  );
  for (const net of ["encoder", "decoder", "prior"] as const) {
    const file = manifest.files?.[net];
    if (net === "prior" && file === undefined) continue;
    const external = file?.external ?? [];
    expect(`files.${net}.external`, Array.isArray(external), "a list of files");
    for (const [i, each] of [file, ...external].entries()) {
      const at = i === 0 ? `files.${net}` : `files.${net}.external[${i - 1}]`;
      expect(`${at}.path`, typeof each?.path === "string", "a string");
      expect(`${at}.sha256`, /^[0-9a-f]{64}$/.test(String(each?.sha256)), "64 hex digits");
    }
  }
  return manifest;
}

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
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(decisive)));
  return new DataView(digest).getUint32(0, true);
}

function isIntegerIn(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
