import { decompress, VaeransError } from "../../decode.ts";
import { pagePng } from "./page_png.ts";
import { encodeBmp } from "../../image/encode_bmp.ts";
import { hasColourMetadata } from "./image_bitmap.ts";
import { requireWasm } from "./require_wasm.ts";

/** Chromium 156 shows nothing of a BMP file of one or two pixels. */
const LEAST_BMP_PIXELS = 16;

/**
 * Fetches a `.vaer` file and gives it as an image that browsers know. Errors of network and server are passed on as they are; a
 * file that cannot be decoded gives the status 422 and the reason as text.
 */
export async function answerImage(request: Request): Promise<Response> {
  const response = await fetchReadable(request);
  if (!response.ok || response.type === "opaque") return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  try {
    requireWasm();
    const picture = await decompress(bytes, { signal: request.signal, workers: 0 });
    const isPng = hasColourMetadata(picture) || isInvisible(picture.data) ||
      picture.data.length < 4 * LEAST_BMP_PIXELS;
    const image = isPng ? await pagePng(picture) as BodyInit : encodeBmp(picture);
    return new Response(image, { headers: headersOf(response, isPng ? "image/png" : "image/bmp") });
  } catch (error) {
    if (request.signal.aborted) throw error;
    const text = error instanceof VaeransError ? `${error.code}: ${error.message}` : String(error);
    return new Response(text, { status: 422, headers: { "content-type": "text/plain; charset=utf-8" } });
  }
}

/** Asks another origin for a response that can be read; what it then refuses is passed on unread. */
async function fetchReadable(request: Request): Promise<Response> {
  if (request.mode !== "no-cors" || new URL(request.url).origin === self.location.origin) {
    return await fetch(request);
  }
  try {
    return await fetch(request.url, { mode: "cors", credentials: "omit", signal: request.signal });
  } catch {
    return await fetch(request);
  }
}

/** Browsers show a BMP file whose samples of alpha are all 0 as an opaque one. */
function isInvisible(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return false;
  return true;
}

/** The headers of the file that hold for the image, too. */
function headersOf(response: Response, type: string): Headers {
  const headers = new Headers({ "content-type": type });
  for (const name of ["cache-control", "etag", "last-modified", "expires"]) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
