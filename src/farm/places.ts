import { FileError } from "../batch/file_error.ts";
import type { FarmQueue } from "./queue.ts";

/** An address that is no file: an object of a bucket (`obj:BUCKET/NAME`), or `https:`. */
export function isRemote(address: string): boolean {
  return /^(obj:|https?:\/\/)/.test(address);
}

/** Reads a remote source. */
export async function readRemote(
  address: string,
  queue: Pick<FarmQueue, "bucket">,
): Promise<Uint8Array<ArrayBuffer>> {
  const object = objectOf(address);
  if (object) {
    const bytes = await (await queue.bucket(object.bucket)).getBlob(object.name);
    if (!bytes) throw new FileError(address, "there is no such object");
    return new Uint8Array(bytes);
  }
  const response = await fetch(address);
  if (!response.ok) {
    await response.body?.cancel();
    throw new FileError(withoutQuery(address), `the server says ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** Writes a remote target: as an object, or by PUT to an address that was signed for it. */
export async function writeRemote(
  address: string,
  bytes: Uint8Array,
  queue: Pick<FarmQueue, "bucket">,
): Promise<void> {
  const object = objectOf(address);
  if (object) {
    await (await queue.bucket(object.bucket)).putBlob({ name: object.name }, bytes);
    return;
  }
  const response = await fetch(address, { method: "PUT", body: bytes as Uint8Array<ArrayBuffer> });
  await response.body?.cancel();
  if (!response.ok) throw new FileError(withoutQuery(address), `the server says ${response.status}`);
}

function objectOf(address: string): { bucket: string; name: string } | undefined {
  const match = address.match(/^obj:([^/]+)\/(.+)$/);
  return match ? { bucket: match[1], name: match[2] } : undefined;
}

/** Signatures do not belong in messages. */
function withoutQuery(address: string): string {
  return address.replace(/\?.*$/, "");
}
