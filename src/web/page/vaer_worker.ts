/**
 * The worker of `<vaer-img>`: fetches files, decodes them while they arrive, and sends images that the page only has to show.
 *
 * Models are loaded from `models/` beside this script.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { decompress, decompressStream, setAssetUrls, type StreamedPicture } from "../../decode.ts";
import { type Candidate, chooseCandidate } from "./candidates.ts";
import { collectBeginning, fetchVaer } from "./fetch_vaer.ts";
import { imageBitmapOf } from "./image_bitmap.ts";
import { keepModels } from "./model_cache.ts";
import { requireWasm } from "./require_wasm.ts";
import type { Reply, ReplyProperties, Request } from "./protocol.ts";

declare const self: DedicatedWorkerGlobalScope;

setAssetUrls({ models: new URL("models/", import.meta.url), workers: new URL("./", import.meta.url) });
keepModels();

const running = new Map<number, AbortController>();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  const [number, base, ...choice] = data;
  running.get(number)?.abort();
  if (base !== undefined) void serve(number, base, ...choice);
};

async function serve(
  number: number,
  base: string,
  src?: string | null,
  srcset?: string | null,
  slotWidth = 0,
  devicePixelRatio = 1,
  isStill = false,
): Promise<void> {
  const candidate = chooseCandidate(src, srcset, slotWidth, devicePixelRatio);
  if (!candidate) return; // as `<img>` without `src`
  const abort = new AbortController(), { signal } = abort;
  running.set(number, abort);
  try {
    requireWasm();
    const currentSrc = new URL(candidate.url, base).href;
    for await (const picture of picturesOf(currentSrc, isStill, signal)) {
      const image = await imageBitmapOf(picture);
      signal.throwIfAborted();
      const { bytes, complete } = picture;
      const reply: Reply = [
        number,
        complete ? "load" : "preview",
        { currentSrc, complete, ...naturalSize(picture, candidate) },
        { bytes },
        image,
      ];
      self.postMessage(reply, [image]);
    }
  } catch (error) {
    if (!signal.aborted) {
      const { name, message, code = name } = error as Error & { code?: string };
      self.postMessage([number, "error", { complete: true }, { code, message }] satisfies Reply);
    }
  } finally {
    running.delete(number);
  }
}

/** The picture, preceded by coarser ones unless the request is for the complete image only. */
async function* picturesOf(
  url: string,
  isStill: boolean,
  signal: AbortSignal,
): AsyncGenerator<StreamedPicture> {
  const stream = await fetchVaer(url, signal);
  if (!isStill) return yield* decompressStream(collectBeginning(stream), { signal });
  const file = new Uint8Array(await new Response(stream).arrayBuffer());
  yield { ...await decompress(file, { signal }), complete: true, bytes: file.length };
}

function naturalSize(
  { width, height }: StreamedPicture,
  { density }: Candidate,
): Pick<ReplyProperties, "naturalWidth" | "naturalHeight"> {
  return { naturalWidth: width / density, naturalHeight: height / density };
}
