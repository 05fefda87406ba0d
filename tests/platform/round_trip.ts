import type { compress, decodePicture, decompress, encodePicture, inspect, psnr } from "../../mod.ts";

/** The part of the package that a round trip needs, wherever it was imported from. */
export interface Package {
  readonly compress: typeof compress;
  readonly decodePicture: typeof decodePicture;
  readonly decompress: typeof decompress;
  readonly encodePicture: typeof encodePicture;
  readonly inspect: typeof inspect;
  readonly psnr: typeof psnr;
}

/** What a round trip found; plain JSON. */
export interface RoundTrip {
  readonly bytes: number;
  readonly model: string;
  readonly decibels: number;
  readonly lossless: boolean;
  readonly png: boolean;
}

/** Compresses and decompresses with a network and without, and goes through PNG. */
export async function roundTrip(vaerans: Package): Promise<RoundTrip> {
  const { compress, decodePicture, decompress, encodePicture, inspect, psnr } = vaerans;
  const width = 96, height = 64;
  const data = Uint8ClampedArray.from(
    { length: 4 * width * height },
    (_, i) => i % 4 === 3 ? 255 : 128 + 90 * Math.sin((i >> 2) % width / 15 + (i >> 2) / width / 11 + i % 4),
  );
  const picture = { data, width, height };
  const file = await compress(picture, { quality: 60 });
  const shown = await decompress(file);
  const exact = await decompress(await compress(picture, { lossless: true }));
  return {
    bytes: file.length,
    model: inspect(file).model,
    decibels: Number(psnr(picture, shown).toFixed(6)), // logarithms differ in their last digit
    lossless: psnr(picture, exact) === Infinity,
    png: psnr(shown, await decodePicture((await encodePicture(shown, "png")).bytes)) === Infinity,
  };
}
