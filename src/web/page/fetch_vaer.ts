import { readable } from "../../format/byte_source.ts";

/** How long arriving bytes are collected before the first preview, in milliseconds: a fast file needs none. */
const COLLECT_MILLISECONDS = 150;

/**
 * Fetches a file.
 *
 * @throws {BitstreamError} `source-unreadable` if no server answers, or with a status that is not one of success.
 */
export async function fetchVaer(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  return await readable(url, async () => {
    const response = await fetch(url, { signal });
    if (response.ok) return response.body!;
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }, signal);
}

/** When bytes are handed on. */
export interface Handing {
  /** Whether nothing is handed on before all bytes are there. */
  readonly isWhole: boolean;
  /** Waits until the reader may work with bytes. */
  readonly begin: () => Promise<void>;
  /** Called when the reader has done so, and waits for more of them. */
  readonly end: () => void;
}

/**
 * Hands on the bytes of a stream, those of its beginning in one piece, so that they are not shown one after another. The reader
 * works with them between `begin` and `end` only: while a stream stalls, others have their turns.
 */
export function handOn(stream: ReadableStream<Uint8Array>, handing: Handing): ReadableStream<Uint8Array> {
  const { isWhole, begin, end } = handing, reader = stream.getReader();
  const shown = isWhole ? Infinity : performance.now() + COLLECT_MILLISECONDS;
  return new ReadableStream({
    async pull(controller) {
      end();
      const parts: Uint8Array[] = [];
      let isDone = false;
      do {
        const { done, value } = await reader.read();
        if (done) isDone = true;
        else parts.push(value);
      } while (!isDone && performance.now() < shown);
      await begin();
      if (parts.length > 0) {
        controller.enqueue(new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
      }
      if (isDone) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
