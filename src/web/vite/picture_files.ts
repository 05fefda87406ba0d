import { Deno } from "../../host/deno_api.ts";
import { compress } from "../../codec/compress.ts";
import { inspect } from "../../codec/inspect.ts";
import { decompress } from "../../codec/decompress.ts";
import { basename } from "../../deps/path.ts";
import { startsAsVaer } from "../../format/starts_as_vaer.ts";
import { colourOnly } from "../../image/privacy.ts";
import { decodePicture } from "../../image/decode.ts";
import { encodePicture, extensionOf } from "../../image/encode_picture.ts";
import { hasAlpha } from "../../image/encode_with_library.ts";
import type { Picture } from "../../image/picture.ts";
import { sha256Hex } from "../../models/sha256.ts";
import type { FallbackFormat, PictureRequest } from "./picture_request.ts";

/** Qualities of the fallback, on the scales of libaom, mozjpeg and libwebp. */
const QUALITIES: { readonly [format in FallbackFormat]?: number } = { avif: 50, jpeg: 75, webp: 75 };

/** A picture in the cache. */
export interface PictureFiles {
  /** Path of the `.vaer` file. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Files for browsers without scripts, best first. */
  readonly fallback: readonly { readonly path: string; readonly type: string }[];
}

const running = new Map<string, Promise<PictureFiles>>();
let queue: Promise<unknown> = Promise.resolve();

/**
 * Makes the files of a picture, or finds them in the cache. One picture is made at a time, which bounds the memory.
 *
 * @param request The picture.
 * @param cache Folder of the cache.
 * @param version Version of the package: files of other versions are not used.
 * @returns The files.
 */
export async function pictureFiles(
  request: PictureRequest,
  cache: string,
  version: string,
): Promise<PictureFiles> {
  const source = await Deno.readFile(request.path);
  const { options, fallback } = request;
  const settings = new TextEncoder().encode(JSON.stringify([version, options, fallback]));
  const key = (await sha256Hex(settings)).slice(0, 16) + (await sha256Hex(source)).slice(0, 16);
  const folder = `${cache}/${key}`, known = running.get(folder) ?? await kept(folder);
  if (known) return known;
  const made = queue.then(() => make(request, source, folder));
  queue = made.catch(() => {});
  running.set(folder, made);
  made.catch(() => running.delete(folder));
  return await made;
}

/** The record is written last: where it is, the files are whole. */
async function kept(folder: string): Promise<PictureFiles | undefined> {
  const text = await Deno.readTextFile(`${folder}/files.json`).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function make(
  { path, options, fallback }: PictureRequest,
  source: Uint8Array<ArrayBuffer>,
  folder: string,
): Promise<PictureFiles> {
  const name = basename(path).replace(/\.[^.]*$/, "");
  const isVaer = startsAsVaer(source);
  const picture: Picture = isVaer ? await decompress(source) : await decodePicture(source);
  const shown: Picture = { ...picture, metadata: colourOnly(picture.metadata ?? {}) };
  const file = isVaer ? source : await compress(shown, options);
  const { width, height } = inspect(file);
  await Deno.mkdir(folder, { recursive: true });
  const write = async (extension: string, bytes: Uint8Array) => {
    const path = `${folder}/${name}.${extension}`;
    await Deno.writeFile(path, bytes);
    return path;
  };
  const vaer = await write("vaer", file), others: { path: string; type: string }[] = [];
  for (const wanted of fallback) {
    const format = wanted === "jpeg" && hasAlpha(shown) ? "png" : wanted, quality = QUALITIES[format];
    const { bytes } = await encodePicture(shown, format, { ...quality !== undefined && { quality } });
    others.push({ path: await write(extensionOf(format), bytes), type: `image/${format}` });
  }
  const files: PictureFiles = { path: vaer, bytes: file.length, width, height, fallback: others };
  await Deno.writeTextFile(`${folder}/files.json`, JSON.stringify(files));
  return files;
}
