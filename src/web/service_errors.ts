import { BitstreamError, InvalidValueError } from "../core/errors.ts";
import { ImageError } from "../image/errors.ts";

/** A request that is turned away. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(message);
  }
}

/** Refuses a method. */
export function wrongMethod({ method }: Request, allow: string): Refusal {
  return new Refusal(405, "method", `${method} is not possible here: use ${allow}`, { allow });
}

/** The answer to a failed request, in JSON. */
export function refuse(error: unknown): Response {
  const { status, code, headers } = statusOf(error);
  if (status === 499) return new Response(null, { status }); // nobody reads it
  if (status === 500) console.error(error);
  const message = status === 500 ? "The server failed" : brief((error as Error).message);
  return Response.json({ error: { code, message } }, { status, headers });
}

/** Most characters of a message: what a client has sent is not sent back whole. */
const MOST_CHARACTERS = 500, LAST_CHARACTERS = 100;

function brief(message: string): string {
  if (message.length <= MOST_CHARACTERS) return message;
  return `${message.slice(0, MOST_CHARACTERS - LAST_CHARACTERS)} … ${message.slice(-LAST_CHARACTERS)}`;
}

function statusOf(error: unknown): { status: number; code: string; headers: HeadersInit } {
  if (error instanceof Refusal) return error;
  if (error instanceof ImageError || error instanceof BitstreamError) {
    const { code } = error;
    if (code.endsWith("-too-large") || code === "image-deadline") return { status: 413, code, headers: {} };
    if (code === "image-worker" || code === "image-library-unavailable") {
      return { status: 500, code: "internal", headers: {} };
    }
    const unknown = code === "image-unknown-format" || code === "image-unsupported" || code === "file-magic";
    return { status: unknown ? 415 : 422, code, headers: {} };
  }
  if (error instanceof InvalidValueError) return { status: 400, code: error.code, headers: {} };
  return { status: 500, code: "internal", headers: {} };
}
