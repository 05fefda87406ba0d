import { type Host, readByFetch } from "./host.ts";
import { nodeWorkerClass } from "./node_worker.ts";

/** The part of `process` that is used here, in Node, Bun and Deno. */
export interface NodeProcess {
  readonly versions: { readonly bun?: string; readonly node: string };
  cwd(): string;
  getBuiltinModule<T>(name: string): T;
}

interface FileSystem {
  stat(url: URL): Promise<{ readonly size: number }>;
  readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}

/** Node from 20.16 on, or Bun. */
export function nodeHost(process: NodeProcess): Host {
  const { bun, node } = process.versions;
  return {
    name: bun === undefined ? "node" : "bun",
    version: bun === undefined ? `Node ${node}` : `Bun ${bun}`,
    async read(url, checkSize) {
      if (url.protocol !== "file:") return await readByFetch(url, checkSize);
      const files = process.getBuiltinModule<FileSystem>("node:fs/promises");
      checkSize((await files.stat(url)).size);
      const { buffer, byteOffset, byteLength } = await files.readFile(url);
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    workingFolder: () => process.cwd(),
    Worker: globalThis.Worker ?? nodeWorkerClass(process),
  };
}
