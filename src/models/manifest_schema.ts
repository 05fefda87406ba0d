/** What a `manifest.json` may hold. Manifests of embedded models are part of the package and are not checked. */
import { ModelError } from "../core/mod.ts";
import { v } from "../deps/valibot.ts";
import { NET_RUNTIMES } from "../kernels/kernels.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import type { ModelManifest } from "./manifest.ts";
import { checked, choice, flag, number, text, whole } from "./schema.ts";

const RANGES = ["0_1", "-1_1"] as const;
const LARGEST_HALO_PIXELS = 2 ** 24;

/** A table that may have other keys. */
function openTable<E extends v.ObjectEntries>(entries: E) {
  return v.looseObject(
    entries,
    ({ expected }) => expected === "Object" ? "it must be a table" : "it must be given",
  );
}

const weight = number(0, Infinity, "it must be a number from 0");
const halo = v.exactOptional(whole(0, LARGEST_HALO_PIXELS));
const pair = v.tuple([v.number(), v.number()], "it must be a list of pairs");
const path = openTable({
  path: text,
  sha256: v.pipe(v.string("it must be 64 hex digits"), v.regex(/^[0-9a-f]{64}$/, "it must be 64 hex digits")),
});
const file = openTable({
  ...path.entries,
  external: v.exactOptional(v.array(path, "it must be a list of files")),
});

const NAME_RULE = "it must be 1 to 64 letters, digits, dots and dashes";
const STEPS_RULE = "it must be two or more pairs [quality, step], quality rising and step falling";
const HALF_STEPS_RULE = "it must be two pairs [step, share], steps rising, shares from 0.25 to 1";

const PREVIEW_RULE = "it must be 15 numbers";

const FIELDS = openTable({
  name: v.pipe(v.string(NAME_RULE), v.regex(/^[\w.-]{1,64}$/, NAME_RULE)),
  downsampling: whole(1, 64),
  paddingMultiple: whole(1, 4096),
  haloPixels: halo,
  encoderHaloPixels: halo,
  latentScale: v.pipe(
    number(-Number.MAX_VALUE, Number.MAX_VALUE, "it must be a number other than 0"),
    v.check((scale) => scale !== 0, "it must be a number other than 0"),
  ),
  latentShift: number(-Number.MAX_VALUE, Number.MAX_VALUE, "it must be a number"),
  inputRange: choice(RANGES),
  outputRange: choice(RANGES),
  decoderExpectsScaledLatent: v.exactOptional(flag),
  stepInput: v.exactOptional(text),
  latentOutput: v.exactOptional(text),
  runtime: v.exactOptional(choice(NET_RUNTIMES)),
  wavelet: choice(LATENT_WAVELETS),
  levels: whole(0, 10),
  bandGains: v.array(v.pipe(v.number(), v.gtValue(0)), "it must be positive numbers"),
  halfSteps: v.exactOptional(v.pipe(
    v.array(pair, HALF_STEPS_RULE),
    v.check(areHalfSteps, HALF_STEPS_RULE),
  )),
  preview: v.exactOptional(v.pipe(v.array(v.number(PREVIEW_RULE), PREVIEW_RULE), v.length(15, PREVIEW_RULE))),
  objective: v.exactOptional(openTable({
    rateSlope: weight,
    meanSquaredError: weight,
    structure: weight,
    tilt: weight,
    middleStep: weight,
  })),
  qualitySteps: v.pipe(v.array(pair, STEPS_RULE), v.check(areQualitySteps, STEPS_RULE)),
  files: openTable({ encoder: file, decoder: file, prior: v.exactOptional(file) }),
});

function isMultiple(name: "haloPixels" | "encoderHaloPixels") {
  const check = v.check<v.InferOutput<typeof FIELDS>, string>(
    ({ [name]: pixels = 0, paddingMultiple }) => pixels % paddingMultiple === 0,
    "it must be a multiple of paddingMultiple",
  );
  return v.forward(check, [name]);
}

const MANIFEST = v.pipe(
  FIELDS,
  v.forward(
    v.check(
      ({ paddingMultiple, downsampling }) => paddingMultiple % downsampling === 0,
      "it must be a multiple of downsampling",
    ),
    ["paddingMultiple"],
  ),
  isMultiple("haloPixels"),
  isMultiple("encoderHaloPixels"),
  v.forward(
    v.check(
      ({ bandGains, levels }) => bandGains.length === 4 * (1 + 3 * levels),
      "it must be a positive number per band, 4 · (1 + 3 · levels)",
    ),
    ["bandGains"],
  ),
  v.forward(
    v.check(
      ({ objective, latentScale, latentShift, outputRange }) =>
        objective === undefined || (latentScale === 1 && latentShift === 0 && outputRange === "0_1"),
      "it must be absent, or latentScale 1, latentShift 0 and outputRange 0_1",
    ),
    ["objective"],
  ),
);

/**
 * Checks a parsed `manifest.json`.
 *
 * @param value What JSON gave.
 * @param where The file, for messages.
 * @returns The value.
 * @throws ModelError ("model-manifest") that names file and field.
 */
export function parseManifest(value: unknown, where: string): ModelManifest {
  checked(MANIFEST, value, ({ keys, rule, got }) =>
    new ModelError(
      "model-manifest",
      `Cannot use ${
        keys.join(".") || "the root"
      } in the model manifest ${where}: ${rule} (got ${got}). Correct the file.`,
    ));
  return value as ModelManifest;
}

function areQualitySteps(points: [number, number][]): boolean {
  return points.length >= 2 &&
    points.every(([quality, step], i) =>
      step > 0 && (i === 0 || (quality > points[i - 1][0] && step < points[i - 1][1]))
    );
}

function areHalfSteps(points: [number, number][]): boolean {
  return points.length === 2 && 0 < points[0][0] && points[0][0] < points[1][0] &&
    points.every(([, share]) => share >= 0.25 && share <= 1);
}
