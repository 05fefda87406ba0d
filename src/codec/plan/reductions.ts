import { MAX_REDUCTION } from "../../format/mod.ts";
import type { CompressSettings } from "../options.ts";
import { reducedSide } from "../reduction/coded_size.ts";
import { traitsOf } from "../samples.ts";
import type { PictureLike } from "../../world.ts";

/**
 * Bits per coded pixel of the sizes that compete for a number of bytes. On Kodak at 0.004 bits per pixel a quarter of the sides
 * looks best, at 0.01 half of them, at 0.02 and more the whole; beyond these bounds no size looked better than its neighbour.
 */
const COMPETING_BITS = [0.012, 0.1] as const;
/** Larger pictures are not compared: the one size whose bits per coded pixel come nearest to this is made. */
const LARGEST_CONTEST_PIXELS = 2 ** 22, USUAL_BITS = 0.04;

/** How often the sides of a picture may be halved before coding. */
export interface Reductions {
  /** Those that compete; [0] where the picture is coded as it is. */
  readonly competing: readonly number[];
  /** Further ones, for a number of bytes that none of them reaches. */
  readonly further: readonly number[];
}

/**
 * The sizes at which a picture is coded for a number of bytes. With few bytes a smaller picture, enlarged by the decoder, looks
 * better: it spends them on what can be seen.
 *
 * @param picture As it is to be shown.
 * @param bytes Most bytes of its streams; `undefined` for other targets.
 */
export function reductionsFor(
  picture: PictureLike,
  bytes: number | undefined,
  { content = "auto" }: Pick<CompressSettings, "content">,
): Reductions {
  const asItIs = { competing: [0], further: [] };
  if (bytes === undefined || content === "graphics" || content === "text") return asItIs;
  const { width, height } = picture;
  const bitsAt = (reduction: number) =>
    8 * bytes / (reducedSide(width, reduction) * reducedSide(height, reduction));
  const all = Array.from({ length: MAX_REDUCTION + 1 }, (_, reduction) => reduction);
  const possible = all.filter((reduction) => 2 ** reduction < 2 * Math.max(width, height));
  const [least, most] = COMPETING_BITS;
  const between = possible.filter((reduction) => bitsAt(reduction) >= least && bitsAt(reduction) <= most);
  if ((bitsAt(0) >= most || between.length === 0 && bitsAt(0) >= least) || !traitsOf(picture).opaque) {
    return asItIs;
  }
  const distance = (reduction: number) => Math.abs(Math.log2(bitsAt(reduction) / USUAL_BITS));
  const nearest = possible.reduce((best, next) => distance(next) < distance(best) ? next : best);
  const competing = width * height <= LARGEST_CONTEST_PIXELS && between.length > 0 ? between : [nearest];
  return { competing, further: possible.filter((reduction) => reduction > Math.max(...competing)) };
}
