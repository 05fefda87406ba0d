import { meanOf } from "./mean.ts";
import { METRICS, type Scores } from "./metrics/mod.ts";
import { type CodecCurve, meanScores } from "./summary.ts";

/** Figures of one picture or of a mean, by name: `bpp`, `bytes`, metrics. */
type Figures = Readonly<Record<string, unknown>>;

interface AnchorPoint extends Figures {
  readonly setting?: string | number;
  /** The same figures for each picture, by file name without its ending. */
  readonly images?: Readonly<Record<string, Figures>>;
}

interface AnchorFile {
  readonly codecs?: Readonly<
    Record<string, { readonly points: readonly AnchorPoint[] } | readonly AnchorPoint[]>
  >;
}

/** Curves out of a file, and over which of the run's pictures they are. */
export interface Anchors {
  /** One curve per codec. */
  readonly curves: readonly CodecCurve[];
  /** Whether the means are over exactly the run's pictures. */
  readonly samePictures: boolean;
}

/**
 * Reads curves that were measured elsewhere:
 *
 * ```json
 * { "codecs": { "NAME": { "points": [{ "setting": 1, "bpp": 0.1, "psnr": 26, "images": { "STEM": { "bpp": 0.1 } } }] } } }
 * ```
 *
 * Figures are named by the metrics' `id` or `anchorNames`. Several files complete each other: their points join where
 * codec and setting are the same.
 *
 * Where the files hold figures for each picture and all the run's pictures are among them, the means are taken over
 * those; otherwise the files' own means stand.
 *
 * @param texts The JSON of each file.
 * @param pictures The run's pictures, by name.
 * @returns The curves.
 * @throws SyntaxError When one is not such a file, or two hold different files of a picture under one setting.
 */
export function parseAnchors(texts: readonly string[], pictures: readonly string[]): Anchors {
  const stems = pictures.map((name) => name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, ""));
  let samePictures = true;
  const curves = [...joinedCodecs(texts)].map(([name, points]) => ({
    name: `anchor: ${name}`, // a run may hold a codec of the same name
    points: [...points.values()].map((point) => {
      const images = stems.map((stem) => point.images?.[stem]);
      if (!images.every((image) => image !== undefined)) {
        samePictures = false;
        return { bpp: numberIn(point, "bpp"), scores: scoresIn(point) };
      }
      const bpp = meanOf(images.map((image) => numberIn(image, "bpp")));
      return { bpp, scores: meanScores(images.map(scoresIn)) };
    }).filter(({ bpp }) => bpp > 0),
  }));
  return { curves, samePictures };
}

/** By codec and setting, the points of all files. */
function joinedCodecs(texts: readonly string[]): Map<string, Map<unknown, AnchorPoint>> {
  const joined = new Map<string, Map<unknown, AnchorPoint>>();
  for (const text of texts) {
    const { codecs } = JSON.parse(text) as AnchorFile;
    if (typeof codecs !== "object" || codecs === null) {
      throw new SyntaxError('Cannot read the anchors: the JSON object must have the member "codecs".');
    }
    for (const [name, codec] of Object.entries(codecs)) {
      const points = joined.get(name) ?? new Map<unknown, AnchorPoint>();
      joined.set(name, points);
      const list = "points" in codec ? codec.points : codec;
      list.forEach((point, i) => {
        const key = point.setting ?? `point ${i}`;
        points.set(key, joinedPoint(points.get(key), point, name));
      });
    }
  }
  return joined;
}

function joinedPoint(first: AnchorPoint | undefined, second: AnchorPoint, codec: string): AnchorPoint {
  if (!first) return second;
  const images: Record<string, Figures> = { ...first.images };
  for (const [stem, figures] of Object.entries(second.images ?? {})) {
    const before = images[stem]?.bytes ?? figures.bytes;
    if (figures.bytes !== undefined && figures.bytes !== before) {
      throw new SyntaxError(
        `Cannot join the anchors: ${stem} by ${codec} at ${second.setting} must have the same size in all files ` +
          `(got ${before} and ${figures.bytes} bytes).`,
      );
    }
    images[stem] = { ...figures, ...images[stem] };
  }
  return { ...second, ...first, images };
}

function scoresIn(figures: Figures): Scores {
  const scores: Record<string, number> = {};
  for (const { id, anchorNames = [] } of METRICS) {
    const value = [id, ...anchorNames].map((name) => figures[name]).find((found) =>
      typeof found === "number"
    );
    if (typeof value === "number") scores[id] = value;
  }
  return scores;
}

function numberIn(figures: Figures, name: string): number {
  const value = figures[name];
  return typeof value === "number" ? value : NaN;
}
