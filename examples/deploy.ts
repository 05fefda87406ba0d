/**
 * An image service for Deno Deploy or any server: CPU only, no file is written, every limit is checked before the work.
 *
 *     deno serve -R --port 8000 examples/deploy.ts
 *
 *     curl --data-binary @photo.jpg 'http://localhost:8000/compress?quality=60' > photo.vaer
 *     curl --data-binary @photo.vaer http://localhost:8000/decompress > photo.png
 *     curl --data-binary @photo.vaer http://localhost:8000/inspect
 *     curl http://localhost:8000/
 *
 * `compress` takes one of quality, bytes, bpp, psnr, ssim and lossless. What it cannot do it says in JSON:
 *
 * | status | when |
 * |---|---|
 * | 400 | a parameter is unknown, or no such target can be reached |
 * | 404, 405 | no such path, or not with this method |
 * | 413 | the body or the picture is too large |
 * | 415 | the body is no picture of a known format, or no `.vaer` file |
 * | 422 | the body is damaged |
 * | 503 | as many requests as allowed are being worked on: come back after `Retry-After` seconds |
 */
import {
  type AnyPicture,
  BitstreamError,
  compress,
  type CompressOptions,
  decodePicture,
  decompress,
  encodePng,
  ImageError,
  inspect,
  InvalidValueError,
} from "@vaerans/vaerans";

/** What a service lets in. */
export interface ServiceLimits {
  /** Largest body of a request. */
  readonly maxBytes: number;
  /** Largest picture. With the groups below, four megapixels stay under 512 MiB of memory. */
  readonly maxPixels: number;
  /** Requests worked on at a time: they share one thread, so more of them cost memory and gain little. */
  readonly concurrency: number;
}

/** Limits for an instance of 512 MiB. */
export const DEFAULT_LIMITS: ServiceLimits = { maxBytes: 2 ** 24, maxPixels: 2 ** 22, concurrency: 2 };

/**
 * Side of the groups that large pictures are coded in: what a network holds at a time. They are coded without workers,
 * each of which would hold networks of its own.
 */
const GROUP_SIDE = 512;

/** Within this time a request is answered with the status of its work; longer work sends its head first. */
const STATUS_MILLISECONDS = 2000;

/** A request that is turned away. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
  }
}

/** What a request is worked on with. */
interface Job {
  readonly parameters: URLSearchParams;
  readonly limits: ServiceLimits;
  /** Aborted when the client has gone. */
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
    work: async (body, { parameters, signal, limits: { maxPixels } }) => {
      const options = targetFrom(parameters);
      const picture: AnyPicture = options.lossless
        ? await decodePicture(body, { maxPixels, keepDepth: true })
        : await decodePicture(body, { maxPixels });
      return await compress(picture, { ...options, tileSide: GROUP_SIDE, workers: 0, signal });
    },
  },
  "/decompress": {
    type: "image/png",
    work: async (body, { signal, limits: { maxPixels } }) =>
      await encodePng(await decompress(body, { maxPixels, workers: 0, keepDepth: true, signal })),
  },
  "/inspect": {
    type: "application/json",
    work: async (body) => await Promise.resolve(new TextEncoder().encode(JSON.stringify(inspect(body)))),
  },
};

/** How a request ended. */
export interface RequestLog {
  readonly path: string;
  /** As sent; 499 where the client had gone and the work was stopped. */
  readonly status: number;
  readonly milliseconds: number;
}

/** Makes a handler with limits of its own; the requests it works on are counted by it alone. */
export function createHandler(
  own: Partial<ServiceLimits> = {},
  log: (entry: RequestLog) => void = () => {},
): (request: Request) => Promise<Response> {
  const limits = { ...DEFAULT_LIMITS, ...own };
  let active = 0;
  return async (request) => {
    const began = performance.now();
    const { pathname: path, searchParams: parameters } = new URL(request.url);
    const gone = new AbortController(), { signal } = gone;
    try {
      if (path === "/") {
        allow(request, "GET");
        return Response.json({ paths: Object.keys(SERVICES), limits, active });
      }
      const service = SERVICES[path];
      if (!service) throw new Refusal(404, "path", `Nothing is at ${path}: see /`);
      allow(request, "POST");
      if (active >= limits.concurrency) {
        throw new Refusal(503, "busy", `${active} requests are being worked on: come back later`, {
          "retry-after": "1",
        });
      }
      active++;
      const ended = (response: Response): Response => {
        active--;
        log({ path, status: response.status, milliseconds: performance.now() - began });
        return response;
      };
      const body = await readBody(request, limits.maxBytes).catch((error) => ended(refuse(error, signal)));
      if (body instanceof Response) return body;
      const result = service.work(body, { parameters, limits, signal })
        .then((bytes) => new Response(bytes as BodyInit, { headers: { "content-type": service.type } }))
        .catch((error) => refuse(error, signal))
        .then(ended);
      return await inTimeOrStreamed(result, service.type, gone);
    } catch (error) {
      return refuse(error, signal);
    }
  };
}

/**
 * The response, if it is there soon: with a status that tells how it went. Otherwise one whose body is still to come: with
 * its head sent, a server learns of a client that hangs up, which Deno's does not while it only waits (2.9, HTTP/1.1). What
 * fails after that breaks the body off.
 */
async function inTimeOrStreamed(
  result: Promise<Response>,
  type: string,
  gone: AbortController,
): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, STATUS_MILLISECONDS));
  const early = await Promise.race([result, late]);
  clearTimeout(timer);
  if (early) return early;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: async (controller) => {
      const response = await result;
      if (gone.signal.aborted) return;
      if (!response.ok) return controller.error(new Error(await response.text()));
      controller.enqueue(await response.bytes());
      controller.close();
    },
    cancel: () => gone.abort(),
  });
  return new Response(body, { headers: { "content-type": type } });
}

function allow(request: Request, method: string): void {
  if (request.method !== method) {
    throw new Refusal(405, "method", `${request.method} is not possible here: use ${method}`, {
      allow: method,
    });
  }
}

/** Reads a body and stops at the limit, whatever its header says. */
async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Refusal(413, "body", `The body may have at most ${maxBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function targetFrom(parameters: URLSearchParams): CompressOptions {
  const options: Record<string, number | boolean> = {};
  for (const [name, value] of parameters) {
    if (name === "lossless") options.lossless = true;
    else if (["quality", "bytes", "bpp", "psnr", "ssim"].includes(name)) options[name] = Number(value);
    else throw new Refusal(400, "parameter", `There is no parameter ${name}`);
  }
  return options;
}

function refuse(error: unknown, signal: AbortSignal): Response {
  if (signal.aborted) return new Response(null, { status: 499 }); // nobody reads it: the client has gone
  const { status, code, headers } = statusOf(error);
  if (status === 500) console.error(error);
  const message = status === 500 ? "The server failed" : (error as Error).message;
  return Response.json({ error: { code, message } }, { status, headers });
}

function statusOf(error: unknown): { status: number; code: string; headers: HeadersInit } {
  if (error instanceof Refusal) return error;
  if (error instanceof ImageError || error instanceof BitstreamError) {
    const { code } = error;
    if (code.endsWith("-too-large")) return { status: 413, code, headers: {} };
    const unknown = code === "image-unknown-format" || code === "image-unsupported" || code === "file-magic";
    return { status: unknown ? 415 : 422, code, headers: {} };
  }
  if (error instanceof InvalidValueError) return { status: 400, code: error.code, headers: {} };
  return { status: 500, code: "internal", headers: {} };
}

const handler: Deno.ServeDefaultExport = { fetch: createHandler() };
export default handler;
