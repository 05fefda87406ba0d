import type { CodecCurve } from "./summary.ts";

interface AnchorFile {
  readonly codecs?: Record<string, { readonly points: readonly AnchorPoint[] }>;
}

interface AnchorPoint {
  readonly bpp: number;
  readonly psnr?: number;
  readonly msssim?: number;
  readonly ssimulacra2?: number;
  /** The same figures for each picture, by file name without its ending. */
  readonly images?: Record<string, Omit<AnchorPoint, "images">>;
}

/** Curves out of a file, and over which of the run's pictures they are. */
export interface Anchors {
  /** One curve a codec. */
  readonly curves: readonly CodecCurve[];
  /** Whether the means are over exactly the run's pictures. */
  readonly samePictures: boolean;
}

/**
 * Reads curves that were measured elsewhere: `{ codecs: { NAME: { points: [{ bpp, psnr, msssim, ssimulacra2, images:
 * { STEM: { … } } }] } } }`.
 *
 * Where the file holds figures for each picture and all the run's pictures are among them, the means are taken over
 * those; otherwise the file's own means stand.
 *
 * @param text The JSON.
 * @param pictures The run's pictures, by name.
 * @returns The curves.
 * @throws SyntaxError When it is not such a file.
 */
export function parseAnchors(text: string, pictures: readonly string[]): Anchors {
  const { codecs } = JSON.parse(text) as AnchorFile;
  if (typeof codecs !== "object" || codecs === null) {
    throw new SyntaxError('Cannot read the anchors as they must be a JSON object with the member "codecs"');
  }
  const stems = pictures.map((name) => name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, ""));
  let samePictures = true;
  const curves = Object.entries(codecs).map(([name, { points }]) => ({
    name: `anchor: ${name}`, // a run may hold a codec of the same name
    points: points.map((point) => {
      const images = stems.map((stem) => point.images?.[stem]);
      if (!images.every((image) => image !== undefined)) {
        samePictures = false;
        return withoutImages(point);
      }
      return meanPoint(images);
    }),
  }));
  return { curves, samePictures };
}

function withoutImages({ images: _images, ...point }: AnchorPoint): CodecCurve["points"][number] {
  return point;
}

function meanPoint(images: readonly Omit<AnchorPoint, "images">[]): CodecCurve["points"][number] {
  const mean = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? NaN), 0) / values.length;
  const point: { bpp: number; psnr?: number; msssim?: number; ssimulacra2?: number } = {
    bpp: mean(images.map(({ bpp }) => bpp)),
  };
  for (const metric of ["psnr", "msssim", "ssimulacra2"] as const) {
    const value = mean(images.map((image) => image[metric]));
    if (!Number.isNaN(value)) point[metric] = value;
  }
  return point;
}
