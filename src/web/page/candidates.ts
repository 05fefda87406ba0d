/** One file that an element may show. */
export interface Candidate {
  readonly url: string;
  /** Pixels of the file per CSS pixel. */
  readonly density: number;
}

/** An address, and after it a number with `x` (density) or `w` (columns). */
const CANDIDATE = /([^,\s]\S*[^,\s])(?:\s+([\d.]+)([xw]))?/g;

/**
 * Chooses a file as `<img>` does: the smallest density that reaches the screen's, or else the largest.
 *
 * @param src The file of density 1; not a candidate if `srcset` has columns.
 * @param srcset Candidates, such as `a.vaer 1x, b.vaer 2x` or `a.vaer 400w, b.vaer 800w`.
 * @param slotWidth Width of the image in CSS pixels, for candidates by columns.
 * @param devicePixelRatio Screen pixels per CSS pixel.
 * @returns The file; `undefined` if there is no candidate.
 */
export function chooseCandidate(
  src: string | null | undefined,
  srcset: string | null | undefined,
  slotWidth: number,
  devicePixelRatio: number,
): Candidate | undefined {
  const candidates: Candidate[] = [];
  let hasColumns = false;
  for (const [, url, value = "1", unit] of (srcset ?? "").matchAll(CANDIDATE)) {
    if (unit === "w") hasColumns = true;
    const density = Number(value) / (unit === "w" ? slotWidth : 1);
    if (density > 0 && density < Infinity) candidates.push({ url, density });
  }
  if (src && !hasColumns) candidates.push({ url: src, density: 1 });
  candidates.sort((a, b) => a.density - b.density);
  return candidates.find(({ density }) => density >= devicePixelRatio) ?? candidates.at(-1);
}
