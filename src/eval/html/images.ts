import { encodeBase64 } from "../../deps/base64.ts";
import { JSQUASH_ENCODERS } from "../../deps/jsquash_encoders.ts";
import type { Picture } from "../../image/mod.ts";
import type { ShownFile } from "../side_by_side.ts";

/** Formats that every browser shows: their files go into the page as they are. */
const SHOWN_AS_THEY_ARE: Readonly<Record<string, string>> = {
  jpeg: "image/jpeg",
  webp: "image/webp",
  avif: "image/avif",
};

/** The picture as a `data:` address, without loss. */
export async function pictureUrl({ data, width, height }: Picture): Promise<string> {
  const { default: encode } = await JSQUASH_ENCODERS.webp();
  const image = new ImageData(new Uint8ClampedArray(data), width, height);
  return dataUrl("image/webp", new Uint8Array(await encode(image, { lossless: 1, exact: 1, quality: 60 })));
}

/** A codec's own file where browsers know the format; what it decodes to, without loss, where they do not. */
export async function fileUrl({ codec, file, decoded }: ShownFile): Promise<string> {
  const type = SHOWN_AS_THEY_ARE[codec];
  return type === undefined ? await pictureUrl(decoded) : dataUrl(type, file);
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${encodeBase64(bytes)}`;
}
