/** Keeps model files from run to run, by their SHA-256. */
export interface ModelFileCache {
  /** Gives a file; `undefined` if it is not there. The caller verifies the bytes. */
  get(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps a file; a failure is no error, the file is then fetched again. */
  put(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

let cache: ModelFileCache | undefined;

/** Sets the cache of this thread; none by default. */
export function setModelFileCache(next: ModelFileCache | undefined): void {
  cache = next;
}

/** The cache of this thread. */
export function modelFileCache(): ModelFileCache | undefined {
  return cache;
}
