/** Sections that hold two others. */

import { EntropyError } from "../errors.ts";
import { readVarint, varintBytes } from "../varint.ts";

/** A section of two, after its first byte. */
export function joinSections(mark: number, first: Uint8Array, second: Uint8Array): Uint8Array {
  const head = [mark, ...varintBytes(first.length)];
  const section = new Uint8Array(head.length + first.length + second.length);
  section.set(head);
  section.set(first, head.length);
  section.set(second, head.length + first.length);
  return section;
}

/**
 * The two sections of {@linkcode joinSections}.
 *
 * @throws {EntropyError} `entropy-corrupt` when the first ends beyond the section.
 */
export function separateSections(section: Uint8Array): readonly [first: Uint8Array, second: Uint8Array] {
  let at = 1;
  const length = readVarint(() => {
    if (at === section.length) throw tooShort(at, section.length);
    return section[at++];
  });
  if (length > section.length - at) throw tooShort(at + length, section.length);
  return [section.subarray(at, at + length), section.subarray(at + length)];
}

function tooShort(least: number, length: number): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    `Cannot decode a section of two: it must have at least ${least} bytes (got ${length}). Fetch the section again.`,
  );
}
