/** One file that an element may show. */
export interface Candidate {
  readonly url: string;
  /** Pixels of the file per CSS pixel. */
  readonly density: number;
}

/** An address, and after it a number with `x` (density) or `w` (columns). */
const CANDIDATE = /([^,\s]\S*[^,\s])(?:\s+([\d.]+)([xw]))?/g;

/**
 * Chooses a file as `<img>` does: the smallest density that reaches the screen's, or else the largest. Without a width of the
 * slot, candidates by columns have no density: the one of most columns is shown, pixel by pixel.
 *
 * @param src The file of density 1; not a candidate if `srcset` has columns.
 * @param srcset Candidates, such as `a.vaer 1x, b.vaer 2x` or `a.vaer 400w, b.vaer 800w`.
 * @param slotWidth Width of the image in CSS pixels, for candidates by columns; 0 or `NaN` if it is not known.
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
  let widest: Candidate | undefined, mostColumns = 0;
  let hasColumns = false;
  for (const [, url, value = "1", unit] of (srcset ?? "").matchAll(CANDIDATE)) {
    if (unit === "w") hasColumns = true;
    if (unit === "w" && Number(value) > mostColumns) {
      mostColumns = Number(value);
      widest = { url, density: 1 };
    }
    const density = Number(value) / (unit === "w" ? slotWidth : 1);
    if (density > 0 && density < Infinity) candidates.push({ url, density });
  }
  if (src && !hasColumns) candidates.push({ url: src, density: 1 });
  candidates.sort((a, b) => a.density - b.density);
  return candidates.find(({ density }) => density >= devicePixelRatio) ?? candidates.at(-1) ?? widest ??
    (src ? { url: src, density: 1 } : undefined);
}
