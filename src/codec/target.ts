import { InvalidValueError } from "../core/errors.ts";
import { shown } from "../core/option_rules.ts";
import {
  type CompressTargetValues,
  DEFAULT_QUALITY,
  type Target,
  type TargetOptions,
  type UncheckedCompressOptions,
} from "./options.ts";

const LIMITS: {
  readonly [K in Target["kind"]]: readonly [least: number, most: number, rule: string];
} = {
  quality: [1, 100, "1 to 100"],
  bpp: [Number.MIN_VALUE, 1000, "greater than 0, up to 1000"],
  bytes: [1, Number.MAX_SAFE_INTEGER, "a whole number from 1 to 2^53 − 1"],
  psnr: [0, Infinity, "at least 0 dB"],
  ssim: [0, 1, "0 to 1"],
  nearLossless: [0, 127, "a whole number from 0 to 127"],
};

/** Names of options that say what a file is made for. */
export const TARGET_NAMES: readonly string[] = ["target", "lossless", ...Object.keys(LIMITS)];

/** Targets that are whole numbers. */
const WHOLE: ReadonlySet<Target["kind"]> = new Set(["bytes", "nearLossless"]);

/** The one target of the options; errors: `InvalidValueError` ("target-range", "target-count"). */
export function targetOf(options: UncheckedCompressOptions): Target {
  const { target } = options;
  const given = [...kindsIn(options), ...(target === undefined ? [] : kindsIn(target))];
  if (given.length > 1 || (target !== undefined && given.length === 0)) {
    throw new InvalidValueError(
      "target-count",
      `Cannot compress for ${given.length} targets: there must be one (got ${
        given.join(", ") || "an empty target"
      }). Give one of ${Object.keys(LIMITS).join(", ")} or lossless.`,
    );
  }
  const [kind] = given;
  if (kind === undefined) return { kind: "quality", value: DEFAULT_QUALITY };
  if (kind === "lossless") return { kind: "nearLossless", value: 0 };
  const value = (target ?? options)[kind], [least, most, rule] = LIMITS[kind];
  if (!(typeof value === "number" && value >= least && value <= most)) throw targetRange(kind, value, rule);
  if (WHOLE.has(kind) && !Number.isInteger(value)) throw targetRange(kind, value, rule);
  return { kind, value };
}

/** The targets that are set. */
function kindsIn(options: TargetOptions): (keyof CompressTargetValues)[] {
  const kinds = (Object.keys(LIMITS) as Target["kind"][]).filter((kind) => options[kind] !== undefined);
  return options.lossless === true ? [...kinds, "lossless"] : kinds;
}

function targetRange(kind: Target["kind"], value: unknown, rule: string): InvalidValueError {
  return new InvalidValueError(
    "target-range",
    `Cannot compress for ${kind} ${shown(value)}: it must be ${rule} (got ${
      shown(value)
    }). Give a number in this range.`,
  );
}
