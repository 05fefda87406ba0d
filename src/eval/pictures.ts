import { Deno } from "../host/deno_api.ts";
import { startsAsPicture } from "../batch/picture_files.ts";
import { findSources, type SourceFile } from "../batch/sources.ts";
import { decodePicture, type Picture } from "../image/mod.ts";
import { sha256Hex } from "../models/sha256.ts";

/** A picture file in memory. */
export interface LoadedPicture {
  /** The first 16 hexadecimal digits of the file's SHA-256. */
  readonly sha256: string;
  /** Decodes it to opaque RGBA. A picture with alpha is laid on a chequerboard of mid greys. */
  decode(): Promise<Picture>;
}

/**
 * Finds the pictures in folders (with their subfolders) and among files, told by content.
 *
 * @param paths Folders, files and patterns.
 * @returns The pictures, sorted by name.
 * @throws Error When a path does not exist, or a file named itself is not a picture.
 */
export async function findPictures(paths: readonly string[]): Promise<SourceFile[]> {
  const { files, missing } = await findSources(paths, startsAsPicture);
  if (missing.length > 0) {
    throw new Error(`Cannot compare: each file or folder must exist (got ${missing[0]}). Correct the path.`);
  }
  for (const { path } of files) {
    if (!await startsAsPicture(path)) {
      throw new Error(
        `Cannot compare on ${path}: it must be a PNG, JPEG, WebP, AVIF or JPEG XL picture (got another ` +
          "file). Leave it out.",
      );
    }
  }
  return files.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/**
 * Reads a picture file and hashes it; decoding waits until it is asked for.
 *
 * @param path The file.
 * @returns Its hash and its decoder.
 */
export async function loadPicture(path: string): Promise<LoadedPicture> {
  const bytes = await Deno.readFile(path);
  return {
    sha256: (await sha256Hex(bytes)).slice(0, 16),
    decode: async () => {
      const { data, width, height } = await decodePicture(bytes);
      return onChequerboard({ data, width, height });
    },
  };
}

/** Squares of the chequerboard, in pixels, and their two 8-bit greys. */
const SQUARE = 8, GREYS: readonly [number, number] = [112, 144];

/**
 * Lays a picture on a chequerboard of mid greys, in 8-bit sRGB as browsers do: there both light and dark content
 * under partial alpha shows, and neither is favoured.
 *
 * @param picture RGBA, straight alpha.
 * @returns An opaque copy; where alpha is 255, the samples are the picture's own.
 */
export function onChequerboard({ data, width, height }: Picture): Picture {
  const opaque = data.slice();
  for (let i = 0; i < opaque.length; i += 4) {
    const alpha = opaque[i + 3];
    if (alpha === 255) continue;
    const pixel = i >> 2, x = pixel % width, y = (pixel - x) / width;
    const grey = GREYS[(Math.floor(x / SQUARE) + Math.floor(y / SQUARE)) & 1];
    for (let c = i; c < i + 3; c++) opaque[c] = Math.round((opaque[c] * alpha + grey * (255 - alpha)) / 255);
    opaque[i + 3] = 255;
  }
  return { data: opaque, width, height };
}
