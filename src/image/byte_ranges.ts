import { concat } from "../core/concat.ts";

/** A part of an array in bytes: from `start` up to, not including, `end`. */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** Byte after the last. */
  readonly end: number;
}

/** The bytes of some ranges that lie in none of the others, in order and without overlaps. */
export function difference(ranges: readonly ByteRange[], others: readonly ByteRange[]): ByteRange[] {
  const taken = byStart(others);
  const left: ByteRange[] = [];
  let from = 0;
  for (const { start, end } of byStart(ranges)) {
    from = Math.max(from, start);
    for (const other of taken) {
      if (other.end <= from) continue;
      if (other.start >= end) break;
      if (other.start > from) left.push({ start: from, end: other.start });
      from = other.end;
    }
    if (from < end) left.push({ start: from, end });
    from = Math.max(from, end);
  }
  return left;
}

/** The bytes outside ranges that are in order and do not overlap. */
export function withoutRanges(bytes: Uint8Array, ranges: readonly ByteRange[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of ranges) {
    parts.push(bytes.subarray(from, start));
    from = end;
  }
  return concat([...parts, bytes.subarray(from)]);
}

function byStart(ranges: readonly ByteRange[]): ByteRange[] {
  return ranges.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
}
