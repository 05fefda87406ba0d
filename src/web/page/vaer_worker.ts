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
import { decompressStream, setAssetUrls, type StreamedPicture } from "../../decode.ts";
import "../../codec/latent_preview.ts";
import { type Candidate, chooseCandidate } from "./candidates.ts";
import { fetchVaer, type Handing, handOn } from "./fetch_vaer.ts";
import { imageBitmapOf } from "./image_bitmap.ts";
import { keepModels } from "./model_cache.ts";
import { requireWasm } from "./require_wasm.ts";
import { Turns } from "./turns.ts";
import type { Reply, ReplyProperties, Request } from "./protocol.ts";

declare const self: DedicatedWorkerGlobalScope;

setAssetUrls({ models: new URL("models/", import.meta.url), workers: new URL("./", import.meta.url) });
keepModels();

/** Images decoded at a time, each of which reserves an arena: one computes while another waits for its model. */
const DECODES = 2;

/** Properties of an element that shows no image. */
const NOTHING: ReplyProperties = { currentSrc: "", complete: true, naturalWidth: 0, naturalHeight: 0 };

const turns = new Turns(DECODES);
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
  slotWidth = "",
  devicePixelRatio = 1,
  isStill = false,
): Promise<void> {
  const candidate = chooseCandidate(src, srcset, parseFloat(slotWidth), devicePixelRatio);
  if (!candidate) {
    self.postMessage([number, "emptied", NOTHING, {}] satisfies Reply);
    return;
  }
  const abort = new AbortController(), { signal } = abort;
  running.set(number, abort);
  let currentSrc = candidate.url;
  let endTurn = () => {};
  const handing: Handing = {
    isWhole: isStill,
    begin: async () => void (endTurn = await turns.take(number, signal)),
    end: () => endTurn(),
  };
  try {
    requireWasm();
    currentSrc = new URL(candidate.url, base).href;
    const stream = handOn(await fetchVaer(currentSrc, signal), handing);
    for await (const picture of decompressStream(stream, { signal })) {
      if (isStill && !picture.complete) continue;
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
      self.postMessage([number, "error", { ...NOTHING, currentSrc }, { code, message }] satisfies Reply);
    }
  } finally {
    endTurn();
    running.delete(number);
  }
}

function naturalSize(
  { width, height }: StreamedPicture,
  { density }: Candidate,
): Pick<ReplyProperties, "naturalWidth" | "naturalHeight"> {
  return { naturalWidth: width / density, naturalHeight: height / density };
}
