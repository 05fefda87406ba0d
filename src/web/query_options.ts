import { InvalidValueError } from "../core/errors.ts";
import { type CompressOptions, CONTENTS, TUNES } from "../codec/options.ts";

/** Targets, of which a query may name one. */
const TARGETS: readonly string[] = ["quality", "bytes", "bpp", "psnr", "ssim", "lossless"];
const WORDS: { readonly [name: string]: readonly string[] } = { content: CONTENTS, tune: TUNES };

/**
 * Reads options of `compress` from a query: one of quality, bytes, bpp, psnr, ssim and lossless (nothing or `true`, `false`), and
 * effort, content, tune. Ranges and conflicts are left to `compress`.
 *
 * @param parameters The query.
 * @param defaults Options that hold where the query says nothing; their target holds only if the query names none.
 * @returns The options.
 * @throws {InvalidValueError} ("query-parameter") If a parameter is unknown, given twice, or has no such form.
 */
export function compressOptionsOf(
  parameters: URLSearchParams,
  defaults: CompressOptions = {},
): CompressOptions {
  const given: Record<string, number | string | true> = {};
  for (const [name, value] of parameters) {
    if (parameters.getAll(name).length > 1) throw wrong(`${name} must be given once (got it twice)`);
    if (name === "lossless") {
      if (!["", "true", "false"].includes(value)) {
        throw wrong(`lossless must be true or false (got ${value})`);
      }
      if (value !== "false") given.lossless = true;
    } else if (name in WORDS) {
      if (!WORDS[name].includes(value)) {
        throw wrong(`${name} must be ${WORDS[name].join(" or ")} (got ${value})`);
      }
      given[name] = value;
    } else if (name !== "effort" && !TARGETS.includes(name)) {
      throw wrong(
        `parameters must be ${[...TARGETS, "effort", ...Object.keys(WORDS)].join(", ")} (got ${name})`,
      );
    } else if (!/^\d+(\.\d+)?$/.test(value)) throw wrong(`${name} must be a number (got ${value})`);
    else given[name] = Number(value);
  }
  const hasTarget = TARGETS.some((name) => name in given);
  const kept = Object.entries(defaults).filter(([name]) =>
    !hasTarget || !(TARGETS.includes(name) || name === "target" || name === "nearLossless")
  );
  return { ...Object.fromEntries(kept), ...given } as CompressOptions; // compress() refuses several targets
}

/**
 * Refuses the query of a request that has no options.
 *
 * @param parameters The query.
 * @throws {InvalidValueError} ("query-parameter") If it has a parameter.
 */
export function refuseParameters(parameters: URLSearchParams): void {
  for (const [name] of parameters) throw wrong(`there must be no parameter (got ${name})`);
}

function wrong(rule: string): InvalidValueError {
  return new InvalidValueError("query-parameter", `Cannot read the query: ${rule}. Correct it.`);
}
