/** How long arriving bytes are collected before the first preview, in milliseconds: a fast file needs none. */
const COLLECT_MILLISECONDS = 150;

/**
 * Fetches a file.
 *
 * @throws Error if the server's status is not one of success; as `fetch`.
 */
export async function fetchVaer(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(url, { signal });
  if (response.ok) return response.body!;
  await response.body?.cancel();
  throw new Error(`Cannot fetch ${url}: the status must be 200 (got ${response.status}). Check the address.`);
}

/** Hands on the bytes of a stream; those of its beginning in one piece, so that they are not shown one after another. */
export function collectBeginning(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const end = performance.now() + COLLECT_MILLISECONDS;
  let parts: Uint8Array[] = [];
  const flush = (controller: TransformStreamDefaultController<Uint8Array>) => {
    for (const part of parts) controller.enqueue(part);
    parts = [];
  };
  return stream.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        parts.push(chunk);
        if (performance.now() >= end) flush(controller);
      },
      flush,
    }),
  );
}
