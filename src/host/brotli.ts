/** The part of `node:zlib` that is used here. */
interface Zlib {
  brotliDecompressSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array;
}

/**
 * Decompresses Brotli data, where the runtime can: Deno, Node and Bun can, browsers cannot.
 *
 * @param bytes The data.
 * @param mostBytes Most bytes that it may give.
 * @returns What it holds; `undefined` where the runtime cannot. Of damaged data Deno gives what comes before the damage, maybe
 *   nothing.
 * @throws Error For data that give more bytes, and in Node and Bun for damaged data.
 */
export function brotliDecompressed(bytes: Uint8Array, mostBytes: number): Uint8Array | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): Partial<Zlib> | undefined };
  };
  const zlib = process?.getBuiltinModule?.("node:zlib");
  if (!zlib?.brotliDecompressSync) return undefined;
  return new Uint8Array(zlib.brotliDecompressSync(bytes, { maxOutputLength: mostBytes }));
}
