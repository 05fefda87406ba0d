import { messageOf } from "../core/error_message.ts";
import { FileError } from "../batch/file_error.ts";
import type { FarmQueue } from "./queue.ts";

/** A server that takes longer to send or to accept a picture is given up. */
const FETCH_MILLISECONDS = 300_000;

/** An address that is no file: an object of a bucket (`obj:BUCKET/NAME`), or `https:`. */
export function isRemote(address: string): boolean {
  return isObject(address) || /^https?:\/\//i.test(address);
}

/** An object of a bucket. */
export function isObject(address: string): boolean {
  return address.startsWith("obj:");
}

/** An address as messages and logs may show it: without what signs it, which is as good as a password. */
export function shown(address: string): string {
  return /^https?:\/\//i.test(address)
    ? address.replace(/[?#].*$/, "").replace(/^(\w+:\/\/)[^/]*@/, "$1")
    : address;
}

/**
 * Reads a remote source.
 *
 * @param address What {@linkcode isRemote} says yes to.
 * @param queue Has the buckets.
 * @param signal Gives up.
 * @returns The bytes.
 * @throws FileError Without what signs the address.
 */
export async function readRemote(
  address: string,
  queue: Pick<FarmQueue, "bucket">,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const object = objectOf(address);
  if (!object) return await fetched(address, {}, signal);
  const bytes = await unless(
    signal,
    queue.bucket(object.bucket).then((bucket) => bucket.getBlob(object.name)),
  );
  if (!bytes) {
    throw new FileError(address, "Cannot read it: the object must exist (got none). Correct the address.");
  }
  return new Uint8Array(bytes);
}

/**
 * Writes a remote target: as an object, or by PUT to an address that was signed for it.
 *
 * @param address What {@linkcode isRemote} says yes to.
 * @param bytes The whole target.
 * @param queue Has the buckets.
 * @param signal Gives up.
 * @throws FileError Without what signs the address.
 */
export async function writeRemote(
  address: string,
  bytes: Uint8Array,
  queue: Pick<FarmQueue, "bucket">,
  signal: AbortSignal,
): Promise<void> {
  const object = objectOf(address);
  if (object) {
    const put = queue.bucket(object.bucket).then((bucket) => bucket.putBlob({ name: object.name }, bytes));
    await unless(signal, put);
  } else {
    await fetched(address, { method: "PUT", body: bytes as Uint8Array<ArrayBuffer> }, signal);
  }
}

async function fetched(
  address: string,
  request: RequestInit,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MILLISECONDS)]);
    const response = await fetch(address, { ...request, signal: ends });
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      throw new FileError(
        shown(address),
        `Cannot transfer it: the server must accept the request (got status ${response.status}). Check ` +
          "the address and its signature.",
      );
    }
    return body;
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    const text = messageOf(cause);
    throw new FileError(shown(address), text.replaceAll(address, shown(address)));
  }
}

/** What has no signal of its own is no longer waited for. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function objectOf(address: string): { bucket: string; name: string } | undefined {
  const match = address.match(/^obj:([^/]+)\/(.+)$/);
  return match ? { bucket: match[1], name: match[2] } : undefined;
}
