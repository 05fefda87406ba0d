import type { SourceFile } from "./sources.ts";

/** A source and where it goes. */
export interface Assignment {
  /** What to read. */
  readonly source: SourceFile;
  /** What to write. */
  readonly target: string;
}

/**
 * Names the targets: beside the sources, or in another folder with the structure kept.
 *
 * The ending is replaced; where that would give two sources one target (`a.jpg` and `a.png`), theirs is added to
 * (`a.jpg.vaer` and `a.png.vaer`).
 *
 * @param sources The sources.
 * @param ending Of the targets, with its dot.
 * @param folder Where to write; beside the sources if not given.
 * @returns A target for each, all different.
 */
export function assignTargets(
  sources: readonly SourceFile[],
  ending: string,
  folder?: string,
): Assignment[] {
  const placeOf = ({ path, name }: SourceFile) =>
    folder === undefined ? path : `${folder.replace(/(?<=.)\/+$/, "")}/${name}`;
  const short = (source: SourceFile) => withoutEnding(placeOf(source)) + ending;
  const counts = new Map<string, number>();
  for (const source of sources) counts.set(short(source), (counts.get(short(source)) ?? 0) + 1);
  const taken = new Set<string>();
  return sources.map((source) => {
    const base = counts.get(short(source)) === 1 ? short(source) : placeOf(source) + ending;
    let target = base;
    // Two files of one name from different places: numbered in their order.
    for (let i = 2; taken.has(target); i++) target = `${withoutEnding(base)}-${i}${ending}`;
    taken.add(target);
    return { source, target };
  });
}

/** The path without the ending of its last part. */
export function withoutEnding(path: string): string {
  return path.replace(/(?<=[^/\\])\.[^./\\]*$/, "");
}
