import { InvalidValueError } from "../core/mod.ts";
import type { Target } from "./options.ts";

/** How the search for a size begins its messages: it knows the limit in bytes only. */
const LIMIT_IN_BYTES = /^Cannot compress to \d+ bytes: /;

/**
 * An error of {@linkcode compressLossy} in terms of the target that the user gave: "rate-unreachable" names `bpp` where the
 * target was `bpp`. Other errors are returned as they are.
 */
export function inTermsOf(
  { kind, value }: Target,
  { width, height }: { readonly width: number; readonly height: number },
  error: unknown,
): unknown {
  if (!(error instanceof InvalidValueError && error.code === "rate-unreachable")) return error;
  if ((kind !== "bpp" && kind !== "bytes") || !LIMIT_IN_BYTES.test(error.message)) return error;
  const bytes = kind === "bytes" ? value : Math.floor(value * width * height / 8);
  const counted = `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const what = kind === "bytes"
    ? `to ${counted}`
    : `for bpp ${value}, which is ${counted} for ${width}×${height} pixels`;
  return new InvalidValueError(
    error.code,
    error.message.replace(LIMIT_IN_BYTES, `Cannot compress ${what}: `)
      .replace(/must be at least (\d+) for this picture/, "must be at least $1 bytes for this picture"),
    { cause: error },
  );
}
