import { assertEquals, assertThrows } from "@std/assert";
import { PAGE_BYTES, withMemoryLimit } from "../../src/image/wasm_memory_limit.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A memory of one page, and its export "m". */
const EXPORT = [7, 5, 1, 1, 0x6d, 2, 0];

function memoryOf(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Memory {
  return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.m as WebAssembly.Memory;
}

Deno.test("withMemoryLimit() limits a memory, one with a limit too, but never below its first size", () => {
  for (const declared of [[5, 3, 1, 0, 1], [5, 5, 1, 1, 1, 0xac, 2]]) { // none, and 300 pages
    const wasm = Uint8Array.from([...HEADER, ...declared, ...EXPORT]);
    for (const [limit, pages] of [[0, 1], [1, 1], [2, 2], [200, 200], [65536, 65536]]) {
      const memory = memoryOf(withMemoryLimit(wasm, limit));
      assertEquals(memory.buffer.byteLength, PAGE_BYTES);
      if (pages <= 200) memory.grow(pages - 1);
      else memory.grow(200);
      assertThrows(() => memory.grow(pages <= 200 ? 1 : 65536), RangeError);
    }
  }
});

Deno.test("withMemoryLimit() refuses a module without memory", () => {
  assertThrows(() => withMemoryLimit(Uint8Array.from(HEADER), 1), RangeError, "no memory");
});
