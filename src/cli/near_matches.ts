import { levenshteinDistance } from "../deps/levenshtein.ts";

/** Names proposed at a time. */
const MAX_MATCHES = 3;
/** Shorter texts begin too many names. */
const MIN_PREFIX_LENGTH = 3;

/**
 * The names that a mistyped one may have meant.
 *
 * @param typed What was typed.
 * @param names The names that exist.
 * @returns The nearest names, at most three: they begin with it or are at most a third of its letters away.
 */
export function nearMatches(typed: string, names: readonly string[]): string[] {
  const most = Math.max(1, Math.floor(typed.length / 3));
  const distances = names.map((name) => distanceOf(typed, name));
  const least = distances.reduce((a, b) => Math.min(a, b), Infinity);
  return least > most ? [] : names.filter((_, i) => distances[i] === least).slice(0, MAX_MATCHES);
}

/** "Did you mean --quality or --quiet?"; `undefined` without names. */
export function proposal(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `Did you mean ${names.join(" or ")}?`;
}

function distanceOf(typed: string, name: string): number {
  const isPrefix = typed.length >= MIN_PREFIX_LENGTH && name.startsWith(typed);
  return isPrefix ? 0 : levenshteinDistance(typed, name);
}
