import { formatOfBytes } from "../image/formats/mod.ts";
import { endingOf, withoutEnding } from "./names.ts";
import { PICTURE_ENDINGS } from "./picture_files.ts";

const VAER_ENDINGS: ReadonlySet<string> = new Set(["vaer"]);

/**
 * Where a copy of a source goes that takes the place of a `.vaer` file: `small/photo.vaer` gives `small/photo.jpg`. A target
 * that does not end in `.vaer` keeps its name.
 *
 * @param source Address of the source. Its ending is that of the copy, if it is a picture's; else the content tells.
 * @param target Address of the `.vaer` file.
 * @param start The source's first 64 bytes, at least.
 */
export function copyTargetOf(source: string, target: string, start: Uint8Array): string {
  const base = withoutEnding(target, VAER_ENDINGS);
  if (base === target) return target;
  const own = PICTURE_ENDINGS.has(endingOf(source)) ? source.slice(source.lastIndexOf(".") + 1) : undefined;
  const ending = own ?? formatOfBytes(start)?.extensions[0] ?? "bin";
  // With --keep-ending the ending is there already.
  return base.endsWith(`.${ending}`) ? base : `${base}.${ending}`;
}
