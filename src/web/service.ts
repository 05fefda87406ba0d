import "../codec/all_parts.ts";
import { compress } from "../codec/compress.ts";
import { decompress } from "../codec/decompress.ts";
import { inspect } from "../codec/inspect.ts";
import { checkNames } from "../core/option_rules.ts";
import { encodePng } from "../image/encode_png.ts";
import type { Picture } from "../image/picture.ts";
import { PictureDecoder } from "../image/picture_decoder.ts";
import { BodyIntake, type BodyLimits } from "./body_intake.ts";
import { playgroundResponse } from "./playground_server.ts";
import { compressOptionsOf, refuseParameters } from "./query_options.ts";
import { Refusal, refuse, wrongMethod } from "./service_errors.ts";

/** What a service lets in. */
export interface ServiceLimits extends BodyLimits {
  /** Largest picture. With the groups below, four megapixels stay under 512 MiB of memory. */
  readonly maxPixels: number;
  /** Requests worked on at a time: they share one thread, so more of them cost memory and gain little. */
  readonly concurrency: number;
  /** Most memory of an image library: a JPEG XL file takes 60 to 90 bytes per pixel, all others less. */
  readonly maxLibraryBytes: number;
  /** Longest time for decoding a picture file, after which its worker is ended. */
  readonly decodeMilliseconds: number;
  /**
   * Longest time for a request's work, once its body is there. A client that hangs up ends its work sooner where Deno notices it: with HTTP/1.1 only if
   * the request came in one piece (2.9).
   */
  readonly workMilliseconds: number;
}

/** Limits for an instance of 512 MiB. */
export const DEFAULT_LIMITS: ServiceLimits = {
  maxBytes: 2 ** 24,
  maxBodies: 64,
  maxBodyBytes: 2 ** 25,
  bodyMilliseconds: 60_000,
  maxPixels: 2 ** 22,
  concurrency: 2,
  maxLibraryBytes: 2 ** 28,
  decodeMilliseconds: 10_000,
  workMilliseconds: 60_000,
};

/** Pictures of more pixels are coded in groups of this side: four megapixels in one group would take 770 MiB. */
const MOST_GROUP_PIXELS = 2 ** 20, GROUP_SIDE = 512;

/** What a request is worked on with. */
interface Job {
  readonly parameters: URLSearchParams;
  readonly limits: ServiceLimits;
  /** Decodes picture files in workers. */
  readonly decoder: PictureDecoder;
  /** Aborted when the client has gone, or the time is over. */
  readonly signal: AbortSignal;
}

/** Something to do with a body. */
interface Service {
  readonly type: string;
  readonly work: (body: Uint8Array<ArrayBuffer>, job: Job) => Promise<Uint8Array>;
}

const SERVICES: { readonly [path: string]: Service } = {
  "/compress": {
    type: "image/x-vaer",
    work: async (body, { parameters, signal, decoder, limits }) => {
      const options = compressOptionsOf(parameters);
      const decodeOptions = {
        maxPixels: limits.maxPixels,
        maxMemoryBytes: limits.maxLibraryBytes,
        deadlineMilliseconds: limits.decodeMilliseconds,
        signal,
        transfer: true,
      };
      const picture: Picture | Picture<Uint16Array> = options.lossless
        ? await decoder.decode(body, { ...decodeOptions, keepDepth: true })
        : await decoder.decode(body, decodeOptions);
      const isLarge = picture.width * picture.height > MOST_GROUP_PIXELS;
      // Each worker would hold networks of its own.
      return await compress(picture, {
        ...options,
        ...isLarge && { tileSide: GROUP_SIDE },
        workers: 0,
        signal,
      });
    },
  },
  "/decompress": {
    type: "image/png",
    work: async (body, { parameters, signal, limits: { maxPixels } }) => {
      refuseParameters(parameters);
      return await encodePng(await decompress(body, { maxPixels, workers: 0, keepDepth: true, signal }));
    },
  },
  "/inspect": {
    type: "application/json",
    work: async (body, { parameters }) => {
      refuseParameters(parameters);
      return await Promise.resolve(new TextEncoder().encode(JSON.stringify(inspect(body))));
    },
  },
};

/** How a request ended. */
export interface RequestLog {
  /** Path of its address. */
  readonly path: string;
  /** As sent; 499 where the client had gone and the work was stopped. */
  readonly status: number;
  /** From its arrival to its answer. */
  readonly milliseconds: number;
}

/**
 * Makes the handler of an image service: `POST /compress`, `/decompress` and `/inspect`, and the playground. CPU only, no file is
 * written, every limit is checked before the work.
 *
 * `compress` takes one of quality, bytes, bpp, psnr, ssim and lossless (`true` or `false`; nothing means `true`), and effort, content
 * and tune. Pictures are decoded in workers that are ended after a deadline. A failure is answered in JSON, with one of these
 * statuses:
 *
 * | status | when |
 * |---|---|
 * | 400 | a parameter is unknown, wrong or given twice, or no such target can be reached; the body was cut short |
 * | 404, 405 | no such path, or not with this method |
 * | 408 | the body took longer to arrive than allowed |
 * | 413 | the body or the picture is too large, or the picture takes too much memory or time to decode |
 * | 415 | the body is no picture of a known format, or no `.vaer` file |
 * | 422 | the body is damaged |
 * | 503 | as many requests as allowed are being worked on, or too many bodies arrive: come back after `Retry-After` seconds |
 * | 504 | the work took longer than allowed |
 *
 * @param own Limits other than {@linkcode DEFAULT_LIMITS}; the requests it works on are counted by this handler alone.
 * @param log Called with each request that has ended.
 * @returns The handler, for `Deno.serve` or a runtime that takes one.
 */
export function createHandler(
  own: Partial<ServiceLimits> = {},
  log: (entry: RequestLog) => void = () => {},
): (request: Request) => Promise<Response> {
  checkNames("make the handler", own, Object.keys(DEFAULT_LIMITS));
  const limits = { ...DEFAULT_LIMITS, ...own },
    decoder = new PictureDecoder(),
    intake = new BodyIntake(limits);
  let active = 0;
  const refuseIfBusy = () => {
    if (active < limits.concurrency) return;
    const message = `${active} requests are being worked on: come back later`;
    throw new Refusal(503, "busy", message, { "retry-after": "1" });
  };
  return async (request) => {
    const began = performance.now();
    const { pathname: path, searchParams: parameters } = new URL(request.url);
    if (path === "/") {
      if (!isRead(request)) return refuse(wrongMethod(request, "GET, HEAD"));
      return answered(
        request,
        Response.json({ paths: Object.keys(SERVICES), limits, active, arriving: intake.count }),
      );
    }
    if (path === "/playground") return Response.redirect(new URL("/playground/", request.url), 308);
    if (path.startsWith("/playground/")) {
      if (!isRead(request)) return refuse(wrongMethod(request, "GET, HEAD"));
      return answered(request, await playgroundResponse(path.slice("/playground/".length)));
    }
    const service = SERVICES[path];
    if (!service) return refuse(new Refusal(404, "path", `Nothing is at ${path}: see /`));
    if (request.method !== "POST") return refuse(wrongMethod(request, "POST"));
    const end = new AbortController(), { signal } = end;
    const hangUp = () => end.abort(new Refusal(499, "gone", "The client has gone"));
    request.signal.addEventListener("abort", hangUp);
    /** Does the work of a body that is there: what arrives slowly takes no one's place. */
    const worked = async (body: Uint8Array<ArrayBuffer>): Promise<Response> => {
      refuseIfBusy();
      active++;
      const overdue = () =>
        end.abort(new Refusal(504, "time", `The work took longer than ${limits.workMilliseconds} ms`));
      const timer = setTimeout(overdue, limits.workMilliseconds);
      try {
        // The result is whole before its status is sent: nothing can fail after that.
        const result = await service.work(body, { parameters, limits, decoder, signal });
        return new Response(result as BodyInit, { headers: { "content-type": service.type } });
      } finally {
        clearTimeout(timer);
        // Idle workers would keep their memory, and the process alive.
        if (--active === 0) decoder.close();
      }
    };
    let response: Response;
    try {
      refuseIfBusy(); // before anything is sent in vain
      response = await worked(await intake.read(request, signal));
    } catch (error) {
      response = refuse(signal.aborted && !(error instanceof Refusal) ? signal.reason : error);
    } finally {
      request.signal.removeEventListener("abort", hangUp);
    }
    log({ path, status: response.status, milliseconds: performance.now() - began });
    return response;
  };
}

const isRead = ({ method }: Request) => method === "GET" || method === "HEAD";

/** The answer itself, or its status and headers alone if the client asks for these. */
function answered({ method }: Request, response: Response): Response {
  if (method !== "HEAD") return response;
  response.body?.cancel().catch(() => {});
  return new Response(null, response);
}
