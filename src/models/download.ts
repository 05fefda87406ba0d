import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import { ModelError } from "../core/mod.ts";

/** Options of {@linkcode download}. */
export interface DownloadOptions {
  /** Told of bytes as they come: how many there are, those of earlier attempts included, and how many there will be. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
}

/** What an unfinished download is of. */
interface Origin {
  readonly url: string;
  /** Strong validator of the server's version; without one nothing is resumed. */
  readonly etag: string;
}

/**
 * Downloads a file whole or not at all. An attempt that breaks off leaves `TARGET.part`, from which the next one goes
 * on, if the server still has the same version.
 *
 * @param url Address.
 * @param target Where the file goes; its folder must exist.
 * @param options Progress.
 * @throws ModelError ("download-failed") that says where to put the file by hand.
 */
export async function download(url: string, target: string, options: DownloadOptions = {}): Promise<void> {
  const part = `${target}.part`, originPath = `${part}.json`;
  try {
    const origin = await readOrigin(originPath);
    const have = origin?.url === url ? await sizeOf(part) : 0;
    const plain = { "accept-encoding": "identity" }; // lengths and ranges are of the file itself
    let response = await fetch(url, {
      headers: have > 0 ? { ...plain, range: `bytes=${have}-`, "if-range": origin!.etag } : plain,
    });
    if (response.status === 416 || (response.status === 206 && !startsAt(response, have))) {
      await response.body?.cancel();
      response = await fetch(url, { headers: plain });
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`the server says ${response.status} ${response.statusText}`.trim());
    }
    const resumed = response.status === 206;
    const begin = resumed ? have : 0;
    const length = response.headers.get("content-length");
    const total = length === null ? undefined : begin + Number(length);
    const etag = response.headers.get("etag") ?? "";
    const strong = etag.startsWith('"');
    if (!resumed) await Deno.writeTextFile(originPath, JSON.stringify({ url, etag: strong ? etag : "" }));
    await receive(response.body, part, begin, total, options);
    await Deno.rename(part, target);
    await Deno.remove(originPath);
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const reason = messageOf(cause);
    throw new ModelError(
      "download-failed",
      `Cannot download ${url}: the server must send the whole file (got: ${reason}). Try again to ` +
        `continue, or put the file at ${target} yourself.`,
      { cause },
    );
  }
}

async function receive(
  body: ReadableStream<Uint8Array>,
  part: string,
  begin: number,
  total: number | undefined,
  { onProgress }: DownloadOptions,
): Promise<void> {
  using file = await Deno.open(part, { write: true, create: true, truncate: begin === 0 });
  await file.seek(begin, Deno.SeekMode.Start);
  let received = begin;
  onProgress?.(received, total);
  for await (const chunk of body) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    received += chunk.length;
    onProgress?.(received, total);
  }
  if (total !== undefined && received !== total) {
    throw new Error(`the connection ended after ${received} of ${total} bytes`);
  }
}

function startsAt(response: Response, offset: number): boolean {
  return response.headers.get("content-range")?.startsWith(`bytes ${offset}-`) ?? false;
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    const origin: Origin = JSON.parse(await Deno.readTextFile(path));
    return origin.etag ? origin : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}
