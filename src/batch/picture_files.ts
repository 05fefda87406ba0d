import { Deno } from "../host/deno_api.ts";
import { READABLE_FORMATS } from "../image/formats/mod.ts";
import { sniffFormat } from "../image/mod.ts";
import { endingOf } from "./names.ts";

/** Endings that promise a picture this package reads; what a file really is, its content tells. */
export const PICTURE_ENDINGS: ReadonlySet<string> = new Set(
  READABLE_FORMATS.flatMap(({ extensions }) => extensions),
);
const OTHER_ENDINGS: ReadonlySet<string> = new Set(["vaer", "part"]);
/** What `sniffFormat` looks at. */
const START_BYTES = 64;

/** Whether a file promises to be a picture, by its ending or, where that tells nothing, by its content. */
export async function promisesPicture(path: string): Promise<boolean> {
  const ending = endingOf(path);
  if (PICTURE_ENDINGS.has(ending)) return true;
  return !OTHER_ENDINGS.has(ending) && await startsAsPicture(path);
}

/** Whether a file is neither a picture nor a `.vaer` file by its ending. */
export function isOtherFile(path: string): boolean {
  const ending = endingOf(path);
  return !PICTURE_ENDINGS.has(ending) && !OTHER_ENDINGS.has(ending);
}

/** Whether a file's content begins as a picture's. */
export async function startsAsPicture(path: string): Promise<boolean> {
  return sniffFormat(await startOf(path)) !== undefined;
}

/** The first 64 bytes of a file, or as many as it has. */
export async function startOf(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const start = new Uint8Array(START_BYTES);
  const length = await file.read(start);
  return start.subarray(0, length ?? 0);
}
