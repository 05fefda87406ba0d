/**
 * The worker of the playground: decodes, compresses, measures.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { decompress, inspect } from "../../decode.ts";
import { compress, setAssetUrls } from "../../encode.ts";
import { msSsim } from "../../kernels/cpu/metrics/ms_ssim.ts";
import { psnr } from "../../kernels/cpu/metrics/psnr.ts";
import { imageBitmapOf } from "../page/image_bitmap.ts";
import { keepModels } from "../page/model_cache.ts";
import type { Answer, Job, Shown } from "./jobs.ts";
import { encodeToBytes } from "./peer.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Larger photos are scaled down, so that a slider's answer comes in seconds. */
const MOST_PIXELS = 4_000_000;

setAssetUrls({ models: new URL("models/", import.meta.url), workers: new URL("./", import.meta.url) });
keepModels();

let original: ImageData | undefined;
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<{ readonly number: number; readonly job: Job }>) => {
  queue = queue.then(() => answer(data.number, data.job));
};

async function answer(number: number, job: Job): Promise<void> {
  try {
    const result = await resultOf(job);
    self.postMessage({ number, ...result } satisfies Answer, result.shown.map(({ image }) => image));
  } catch (error) {
    self.postMessage(
      { number, error: error instanceof Error ? error.message : String(error) } satisfies Answer,
    );
  }
}

async function resultOf(job: Job): Promise<{ readonly shown: readonly Shown[]; readonly inspect?: string }> {
  if (job.kind === "view") return await view(new Uint8Array(await job.file.arrayBuffer()));
  if (job.kind === "photo") {
    original = pixelsOf(await createImageBitmap(job.file));
    return { shown: [await shownOriginal(original, job.file.size)] };
  }
  if (!original) throw new Error("Cannot compress: there must be a photo. Choose one first.");
  const began = performance.now();
  const file = await compress(original, { bytes: job.bytes });
  const encodeMilliseconds = performance.now() - began;
  const { shown: [own], inspect } = await view(file, original);
  const shown = [{ ...own, encodeMilliseconds }, await other(original, job.peer, file.length)];
  return { shown, ...inspect !== undefined && { inspect } };
}

/** Decodes a file, and measures it against the original if there is one. */
async function view(
  file: Uint8Array<ArrayBuffer>,
  source?: ImageData,
): Promise<{ readonly shown: readonly Shown[]; readonly inspect: string }> {
  const info = inspect(file), began = performance.now();
  const picture = await decompress(file);
  const decodeMilliseconds = performance.now() - began;
  const shown = {
    name: "VaeRANS",
    image: await imageBitmapOf(picture),
    file: new Blob([file], { type: "image/x-vaer" }),
    byteLength: file.length,
    bitsPerPixel: info.bpp,
    decodeMilliseconds,
    ...source && figures(source, picture),
  };
  return { shown: [shown], inspect: JSON.stringify(info, null, 2) };
}

/** The image on the other side: the original, or another format with at most the same bytes. */
async function other(source: ImageData, peer: string, byteLength: number): Promise<Shown> {
  if (peer === "original") return await shownOriginal(source, 4 * source.width * source.height);
  const began = performance.now();
  const file = await encodeToBytes(source, peer, byteLength);
  const between = performance.now();
  const image = await createImageBitmap(file);
  return {
    name: peer.slice("image/".length).toUpperCase(),
    image,
    byteLength: file.size,
    bitsPerPixel: 8 * file.size / (source.width * source.height),
    encodeMilliseconds: between - began,
    decodeMilliseconds: performance.now() - between,
    ...figures(source, pixelsOf(image)),
  };
}

function figures(source: ImageData, decoded: Pick<ImageData, "data" | "width" | "height">) {
  const picture = {
    data: source.data as Uint8ClampedArray<ArrayBuffer>,
    width: source.width,
    height: source.height,
  };
  return { psnr: psnr(picture, decoded), msSsim: msSsim(picture, decoded) };
}

async function shownOriginal(source: ImageData, byteLength: number): Promise<Shown> {
  const bitsPerPixel = 8 * byteLength / (source.width * source.height);
  return { name: "original", image: await createImageBitmap(source), byteLength, bitsPerPixel };
}

/** Samples of an image in sRGB. */
function pixelsOf(image: ImageBitmap): ImageData {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (image.width * image.height)));
  const width = Math.max(1, Math.round(image.width * scale)),
    height = Math.max(1, Math.round(image.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
