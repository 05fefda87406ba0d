/** The worker of `peak_memory_test.ts`: decodes a file and measures what memory that takes. */
import { serveJobs } from "../../../src/concurrency/serve_jobs.ts";
import { CpuArena } from "../../../src/core/mod.ts";

/** What decoding took, in bytes. */
export interface MeasuredMemory {
  /** High-water mark of the largest arena; arenas follow one another. */
  readonly arena: number;
  /** Pages of WebAssembly memories of coders and nets that were written; the rest is address space. */
  readonly wasm: number;
  /** The pixels. */
  readonly output: number;
}

const memories = new Set<WebAssembly.Memory>();
const arenas = new Map<CpuArena, number>();

/** Modules either import a memory or export their own. */
const { Memory, Instance } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.add(this);
  }
};
WebAssembly.Instance = class extends Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    for (const value of Object.values(this.exports)) if (value instanceof Memory) memories.add(value);
  }
};
const { allocate } = CpuArena.prototype;
CpuArena.prototype.allocate = function (this: CpuArena, ...args: Parameters<typeof allocate>) {
  const ref = allocate.apply(this, args);
  arenas.set(this, this.stats().peakBytes);
  return ref;
} as typeof allocate;

serveJobs<Uint8Array, MeasuredMemory>({
  async run(file) {
    const { decompress } = await import("../../../mod.ts");
    const { data } = await decompress(file, { workers: 0 });
    const ofArenas = new Set([...arenas.keys()].map(({ memory }) => memory));
    const coders = [...memories].filter((memory) => !ofArenas.has(memory));
    return {
      arena: Math.max(0, ...arenas.values()),
      wasm: coders.reduce((sum, { buffer }) => sum + writtenBytes(buffer), 0),
      output: data.byteLength,
    };
  },
});

/** Bytes of the pages of 4096 bytes that are not all 0. */
function writtenBytes(buffer: ArrayBufferLike): number {
  const words = new Uint32Array(buffer), pageWords = 1024;
  let pages = 0;
  for (let from = 0; from < words.length; from += pageWords) {
    if (words.subarray(from, from + pageWords).some((word) => word !== 0)) pages++;
  }
  return 4 * pageWords * pages;
}
