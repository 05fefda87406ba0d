/** What the package asks of the JavaScript runtime that it runs in, beyond what all runtimes have. */
export interface Host {
  /** The runtime. */
  readonly name: "deno" | "node" | "bun" | "web";
  /** Its name and version for people, e.g. "Deno 2.9.6". */
  readonly version: string;
  /**
   * Bytes at an address.
   *
   * @param url An address with the scheme `file`, where there are files, or any that `fetch` takes.
   * @param checkSize Called with the size before anything is read, where it is known; may throw.
   * @throws Error If nothing can be read there; the message is the runtime's own, or names the status.
   */
  read(url: URL, checkSize: (byteLength: number) => void): Promise<Uint8Array<ArrayBuffer>>;
  /** The folder that relative paths count from; absent where there are no files. */
  readonly workingFolder?: () => string;
  /** The runtime's own classes of errors, by name; absent where it has none. */
  readonly errorClasses?: object;
  /** The class of workers, as browsers have it; `undefined` where there are none. */
  readonly Worker: typeof Worker | undefined;
}

/** Reads an address by `fetch`; see {@linkcode Host.read}. */
export async function readByFetch(
  url: URL,
  checkSize: (byteLength: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  try {
    checkSize(Number(response.headers.get("content-length") ?? 0));
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
  return new Uint8Array(await response.arrayBuffer());
}
