import { withResolvers } from "../host/promise.ts";
import { Refusal } from "./service_errors.ts";

/** What bodies may take. */
export interface BodyLimits {
  /** Largest body of a request. */
  readonly maxBytes: number;
  /** Bodies that arrive at a time; one more ends the one that began first. */
  readonly maxBodies: number;
  /** Bytes of all bodies that arrive; more of them end the one that began first. At least `maxBytes` are allowed. */
  readonly maxBodyBytes: number;
  /** Longest time for a body to arrive. */
  readonly bodyMilliseconds: number;
}

/** A body on its way in. */
interface Arrival {
  bytes: number;
  readonly end: AbortController;
}

/**
 * Reads bodies of requests. Their number, bytes and time are bounded. Where too many arrive, the oldest gives way: clients that
 * send slowly, on purpose or not, do not keep out the others.
 */
export class BodyIntake {
  readonly #limits: BodyLimits;
  /** In the order of their beginning. */
  readonly #arrivals = new Set<Arrival>();
  #bytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Bodies that arrive now. */
  get count(): number {
    return this.#arrivals.size;
  }

  /**
   * Reads a body and stops at the limits, whatever its header says.
   *
   * @throws {Refusal} 400 if it was cut short, 408 if it takes too long, 413 if it is too large, 503 if it gave way to others;
   *   the reason of the signal if that aborts.
   */
  async read(request: Request, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { maxBytes, maxBodies, bodyMilliseconds } = this.#limits;
    if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
    if (!request.body) return new Uint8Array();
    if (this.count >= maxBodies) this.#endOldest();
    const arrival: Arrival = { bytes: 0, end: new AbortController() };
    this.#arrivals.add(arrival);
    const overdue = () =>
      arrival.end.abort(new Refusal(408, "body-time", `The body took longer than ${bodyMilliseconds} ms`));
    const timer = setTimeout(overdue, bodyMilliseconds);
    try {
      return await this.#collect(request.body, arrival, AbortSignal.any([signal, arrival.end.signal]));
    } finally {
      clearTimeout(timer);
      this.#arrivals.delete(arrival);
      this.#bytes -= arrival.bytes;
    }
  }

  async #collect(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    arrival: Arrival,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { maxBytes, maxBodyBytes } = this.#limits;
    const reader = stream.getReader(), parts: Uint8Array<ArrayBuffer>[] = [];
    const { promise: aborted, reject } = withResolvers<never>();
    aborted.catch(() => {}); // whoever waits for bytes is told
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const { done, value } = await Promise.race([reader.read().catch(refuseCut), aborted]);
        if (done) return joined(parts, arrival.bytes);
        arrival.bytes += value.length;
        this.#bytes += value.length;
        if (arrival.bytes > maxBytes) throw tooLarge(maxBytes);
        parts.push(value);
        while (this.#bytes > Math.max(maxBytes, maxBodyBytes)) this.#endOldest();
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      reader.cancel().catch(() => {}); // a source that stalls may take its time: nobody waits for it
    }
  }

  #endOldest(): void {
    const [oldest] = this.#arrivals;
    this.#arrivals.delete(oldest);
    this.#bytes -= oldest.bytes;
    oldest.bytes = 0; // counted no longer
    oldest.end.abort(
      new Refusal(503, "busy", "Too many bodies arrive: come back later", { "retry-after": "1" }),
    );
  }
}

function refuseCut(): never {
  throw new Refusal(400, "body-cut", "The body must be complete (it was cut short). Send it again.");
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, "body", `The body may have at most ${maxBytes} bytes`);
}

/** One array of all parts, each of which is given back as soon as it is copied. */
function joined(parts: Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  for (let offset = 0; parts.length > 0;) {
    const part = parts.shift()!;
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}
