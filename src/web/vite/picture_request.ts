import { InvalidValueError } from "../../core/errors.ts";
import type { CompressOptions } from "../../codec/options.ts";
import { compressOptionsOf } from "../query_options.ts";

/** Formats of the files for browsers without scripts or WebAssembly. */
export type FallbackFormat = "avif" | "jpeg" | "webp" | "png";

const FALLBACK_FORMATS: readonly FallbackFormat[] = ["avif", "jpeg", "webp", "png"];
/** What Vite itself adds to an address. */
const OF_VITE: readonly string[] = ["import", "t", "v"];

/** An import such as `./hero.jpg?vaer&bytes=20000`. */
export interface PictureRequest {
  /** Path of the picture file. */
  readonly path: string;
  /** How it is compressed. */
  readonly options: CompressOptions;
  /** Formats of the fallback, the last one for all browsers; empty for none. */
  readonly fallback: readonly FallbackFormat[];
}

/**
 * Reads an import.
 *
 * @param id Path and query, as Vite resolved them.
 * @param defaults What holds where the query says nothing.
 * @returns The request; `undefined` if the query has no `vaer`.
 * @throws {InvalidValueError} ("query-parameter") If a parameter is unknown or wrong.
 */
export function pictureRequestOf(
  id: string,
  defaults: Pick<PictureRequest, "options" | "fallback">,
): PictureRequest | undefined {
  const [path, query] = id.split(/\?(.*)/s);
  const parameters = new URLSearchParams(query ?? "");
  if (!parameters.has("vaer")) return undefined;
  for (const name of ["vaer", ...OF_VITE]) parameters.delete(name);
  const formats = parameters.get("fallback");
  parameters.delete("fallback");
  return {
    path,
    options: compressOptionsOf(parameters, defaults.options),
    fallback: formats === null ? defaults.fallback : fallbackOf(formats),
  };
}

function fallbackOf(text: string): readonly FallbackFormat[] {
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const format = FALLBACK_FORMATS.find((known) => known === name);
    if (format) return format;
    throw new InvalidValueError(
      "query-parameter",
      `Cannot read the query: fallback must be none, or some of ${
        FALLBACK_FORMATS.join(", ")
      } (got ${name}). Correct it.`,
    );
  });
}
